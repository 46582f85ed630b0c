import { errorWords } from '../../files/path-refused.ts';
import { type Call, missingOperand, type Program, readWords } from '../program.ts';

/** true(1) */
export const succeed: Program = async () => 0;

/** hostname(1) */
export const hostname: Program = async (call) => {
  await call.out(`${call.node.name}\n`);
  return 0;
};

/** ip -o addr show: one line for each address. */
export const ip: Program = async (call) => {
  if (call.args.join(' ') !== '-o addr show') {
    await call.err('Object "addr" is only simulated as: ip -o addr show');
    return 1;
  }
  await call.out(`1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet ${call.node.ip}/24 brd ${call.node.ip} scope global noprefixroute eth0\\       valid_lft forever preferred_lft forever
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
`);
  return 0;
};

/** findmnt -J -t iso9660. */
export const findmnt: Program = async (call) => {
  const isOld = call.reach.parts.faults.isOn('util-linux-old', call.node.name);
  if (call.args[0] === '--version') {
    await call.out(`findmnt from util-linux ${isOld ? '2.23.2' : '2.32.1'}\n`);
    return 0;
  }
  if (isOld) return jsonUnknown(call);
  const { flags, values, operands, wrong } = readWords(call.args, ['-J', '--json'], ['-t', '-o']);
  const columns = (values.get('-o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toLowerCase().split(',');
  if (wrong !== null || flags.size === 0 || values.get('-t') !== 'iso9660' || operands.length > 0) {
    await call.err('findmnt: bad usage');
    return 1;
  }
  const { mounts } = call.node;
  const filesystems = mounts.map(({ real: { target }, loop }) => {
    const all: Readonly<Record<string, string>> = { target, source: loop, fstype: 'iso9660', options: OPTIONS };
    return Object.fromEntries(columns.map((one) => [one, all[one] ?? null]));
  });
  await call.out(tableOf({ filesystems }));
  return 0;
};

/** A table in JSON, as util-linux 2.38 prints it: an empty list has a blank line (test/fixtures/tools). */
const tableOf = (table: object): string => `${JSON.stringify(table, null, 3).replace('[]', '[\n\n   ]')}\n`;

/** util-linux 2.23, the version of RHEL 7. */
async function jsonUnknown(call: Call): Promise<number> {
  await call.err(`${call.program}: invalid option -- 'J'`);
  return 1;
}

const OPTIONS = 'ro,relatime,nojoliet,check=s,map=n,blocksize=2048';

/** losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN, as util-linux 2.38 prints it. */
export const losetup: Program = async (call) => {
  if (call.reach.parts.faults.isOn('util-linux-old', call.node.name)) return jsonUnknown(call);
  const { flags, values, wrong } = readWords(call.args, ['-J', '--json', '-l', '-a'], ['-O']);
  if (
    wrong !== null ||
    !(flags.has('-J') || flags.has('--json')) ||
    values.get('-O') !== 'NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN'
  ) {
    await call.err('losetup: bad usage');
    return 1;
  }
  const loopdevices = call.node.mounts.map(({ loop, real: { isoPath }, isGone, file: { dev, ino } }) => ({
    name: loop,
    'back-file': `${isoPath}${isGone === true ? ' (deleted)' : ''}`,
    'back-ino': ino,
    'back-maj:min': `${String(Math.floor(dev / 256) % 4096).padStart(8)}:${String((dev % 256) + Math.floor(dev / 2 ** 20) * 256).padEnd(3)}`,
  }));
  await call.out(tableOf({ loopdevices }));
  return 0;
};

/** ss -H -ltn: the node's listening sockets, including the usual ports of simulated daemons. */
export const ss: Program = async (call) => {
  const { flags, wrong } = readWords(call.args, ['-H', '-l', '-t', '-n', '-p']);
  if (wrong !== null || !['-H', '-l', '-t', '-n'].every((one) => flags.has(one))) {
    await call.err('Usage: ss [ OPTIONS ]');
    return 255;
  }
  const rows = listeners(call).map(
    ([address, queue]) => `LISTEN 0      ${queue.padEnd(6)} ${address.padStart(20)}      0.0.0.0:*   \n`,
  );
  await call.out(rows.join(''));
  return 0;
};

function listeners({ node, reach }: Call): readonly (readonly [string, string])[] {
  const { world, faults } = reach.parts;
  const roles = new Set(node.roles);
  const ports: (readonly [number, string])[] = [
    [node.ssh.port, '128'],
    [10250, '4096'],
  ];
  if (roles.has('bootstrap')) ports.push([4505, '1000'], [4506, '1000'], [4507, '5']);
  if (roles.has('etcd')) ports.push([2379, '4096'], [2380, '4096']);
  const isTaken = faults.isOn('port-taken', node.name) || reach.pods.isListening(node);
  if (isTaken) ports.push([world.registryPort, '511']);
  return ports.map(([port, queue]) => [`${node.ip}:${port}`, queue]);
}

/** isoinfo -version, and -x for one file of the root directory. */
export const isoinfo: Program = async (call) => {
  const [first] = call.args;
  if (first === '-version' || first === '--version') {
    await call.out('isoinfo 1.1.11 (Linux) Copyright (C) 1993-1999 Eric Youngdale\n');
    return 0;
  }
  const { values } = readWords(call.args, [], ['-x', '-i']);
  const image = values.get('-i');
  if (image === undefined) return missingOperand(call);
  try {
    await call.files.find(call.user, image, 'read');
    await call.out(
      await call.reach.acts.readFromIso(call.node, image, (values.get('-x') ?? '').replace(/^\/|;1$/g, '')),
    );
    return 0;
  } catch (refused) {
    await call.err(`isoinfo: ${errorWords(refused)}. Unable to open '${image}'`);
    return 2;
  }
};

/** salt-call; requires root, because it reads the minion's keys. */
export const saltCall: Program = async (call) => {
  if (call.args.includes('--version')) {
    await call.out('salt-call 3002.9\n');
    return 0;
  }
  if (call.user !== 'root') {
    await call.err('[ERROR   ] Unable to read the minion configuration: Permission denied: /etc/salt/minion');
    return 1;
  }
  const { stdout, stderr, exitCode } = await call.reach.runSaltCall(call.node, call.args);
  await call.out(stdout);
  if (stderr !== '') await call.err(stderr.replace(/\n$/, ''));
  return exitCode;
};
