import { describe, expect, it } from 'vitest';
import { targetNodes } from '../../../src/adapters/node/target-nodes.ts';
import { CommandFailed } from '../../../src/domain/answers/failure.ts';
import type { NodeAccess } from '../../../src/domain/cluster/facts.ts';
import { render, withSudo } from '../../../src/domain/node-commands/command.ts';
import { wayTo } from '../../../src/domain/node-commands/copy-commands.ts';
import { type Ended, exit } from '../../../src/domain/node-commands/ended.ts';
import { LIST_MANIFESTS } from '../../../src/domain/node-commands/manifest-copies.ts';
import { PROOF_OUTPUT, SHELL_PROOF, SUDO_PROOF } from '../../../src/domain/node-commands/proof-commands.ts';
import { FakeShell, type ShellAnswer } from '../../fakes/fake-shell.ts';

const access: NodeAccess = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'centos', keyPath: '/k', sudo: true };
const path = '/archives/metalk8s.iso';
const sha256 = 'a'.repeat(64);
const want = { archives: [{ path, size: 100, sha256 }], registryAddress: '10.0.0.3:8080' };
const signal = new AbortController().signal;
const root = 'node-2$ sudo -n';
const absent = { ended: exit(1), stderr: 'stat: cannot statx: No such file or directory\n' };

const proof = `node-2$ ${render(SHELL_PROOF)}`;
const rootProof = `node-2$ ${render(withSudo(SHELL_PROOF))}`;
const programs = `node-2$ ${render(SUDO_PROOF)}`;
const passwd = 'node-2$ getent passwd centos';

const stat = (at: string) => `${root} env LC_ALL=C stat -L -c '%s %f %d:%i:%.9Y:%.9Z' -- ${at}`;
const way = (at: string) => `${root} ${render(wayTo(at))}`;
const ls = (at: string) => `${root} env LC_ALL=C ls -1 -- ${at}`;
const findmnt = `${root} findmnt -J -t iso9660 -o TARGET,SOURCE,FSTYPE,OPTIONS`;

const MANIFESTS = `${root} ${render(LIST_MANIFESTS)}`;
const MANIFEST = '/etc/kubernetes/manifests/repositories.yaml';

/** A node with a registry, on which everything is well and the archive is there and mounted. */
const well: Readonly<Record<string, ShellAnswer>> = {
  [proof]: { stdout: PROOF_OUTPUT },
  [rootProof]: { stdout: PROOF_OUTPUT },
  [programs]: {},
  'node-2$ sudo -n openssl version': { stdout: 'OpenSSL 3.0\n' },
  [findmnt]: { stdout: '{"filesystems":[{"target":"/srv/scality/m","source":"/dev/loop0"}]}' },
  [`${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`]: {
    stdout: `{"loopdevices":[{"name":"/dev/loop0","back-file":"${path}"}]}`,
  },
  [`${root} realpath -zm -- /srv/scality ${path} /archives /srv/scality/m`]: {
    stdout: `/srv/scality\0${path}\0/archives\0/srv/scality/m\0`,
  },
  [way(path)]: {},
  [ls('/archives')]: { stdout: 'metalk8s.iso\nmetalk8s.iso.part-of-mine\n' },
  [`${root} ip -o addr show`]: {
    stdout:
      '1: lo    inet 127.0.0.1/8 scope host lo\\\\       valid_lft forever\n2: eth0    inet 10.0.0.3/24 brd 10.0.0.255 scope global eth0\n2: eth0    inet6 fe80::1/64 scope link\n',
  },
  [`${root} grep -sH . -- /etc/machine-id /sys/class/dmi/id/product_uuid`]: {
    ended: exit(2),
    stdout: '/etc/machine-id:0123456789ABCDEF\n',
  },
  [stat(path)]: { stdout: '100 81a4 1:2:3:4\n' },
  [`${root} openssl dgst -sha256 -r ${path}`]: { stdout: `${sha256} *${path}\n` },
  [`${root} env LC_ALL=C cat -- /etc/fstab`]: { stdout: `${path} /srv/scality/m iso9660 ro,nofail 0 0\n` },
  [`${root} env LC_ALL=C ls -1 -- /var/lib/metalk8s/repositories/conf.d`]: { stdout: 'a.inc\nb.inc\n' },
  [`${root} ss -H -ltn`]: { stdout: 'LISTEN 0 511 10.0.0.3:8080 0.0.0.0:*\n' },
  [stat(MANIFEST)]: { stdout: '900 81a4 1:5:3:4\n' },
  [MANIFESTS]: { stdout: `${MANIFEST}\n` },
  [`${root} isoinfo -version`]: { stdout: 'isoinfo 3.02\n' },
};

function look(changes: Readonly<Record<string, ShellAnswer>> = {}, as: NodeAccess = access) {
  const shell = new FakeShell({ ...well, ...changes });
  return { shell, facts: targetNodes({ shell }).look(as, want, signal) };
}

describe('inspecting a target', () => {
  it('collects all facts for a plan with read-only commands', async () => {
    const { shell, facts } = look();
    const mount = { mountpoint: '/srv/scality/m', backingFile: path };
    expect(await facts).toMatchObject({
      is: 'open',
      hostKey: { pinned: false },
      machine: { id: '0123456789abcdef', uuid: null, addresses: ['127.0.0.1', '10.0.0.3', 'fe80::1'] },
      files: [{ path, is: 'same', size: 100, mounted: true }],
      space: [],
      mounts: [mount],
      fstab: [mount],
      registryConfig: ['a.inc', 'b.inc'],
      manifestCopies: [],
      portTaken: false,
      hasIsoinfo: true,
      hasher: 'openssl',
    });
    expect(shell.ran.toSorted()).toEqual(Object.keys(well).toSorted());
  });

  it('calls the port taken only if kubelet has no manifest of a registry there: its pod runs before the API server shows it', async () => {
    const none = {
      [stat(MANIFEST)]: { ended: exit(1), stderr: `stat: cannot statx '${MANIFEST}': No such file or directory` },
    };
    expect(await look(none).facts).toMatchObject({ portTaken: true });
    const free = { [`${root} ss -H -ltn`]: { stdout: '' } };
    expect(await look({ ...none, ...free }).facts).toMatchObject({ portTaken: false });
  });

  it('names each copy of the registry’s manifest, whose pod takes the port', async () => {
    const copy = `${MANIFEST}.bak`;
    const { facts } = look({ [MANIFESTS]: { stdout: `${copy}\n` }, [stat(MANIFEST)]: absent });
    expect(await facts).toMatchObject({ manifestCopies: [copy], portTaken: false });
  });

  it('says nothing of copies if the node does not say', async () => {
    const { facts } = look({ [MANIFESTS]: { ended: exit(127), stderr: 'sh: not found' } });
    expect(await facts).not.toHaveProperty('manifestCopies');
  });

  it('recognises an archive and its mount point behind links, as the kernel reports both resolved', async () => {
    const real = '/data/metalk8s.iso';
    const { facts } = look({
      [findmnt]: { stdout: '{"filesystems":[{"target":"/data/srv/scality/m","source":"/dev/loop0"}]}' },
      [`${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`]: {
        stdout: `{"loopdevices":[{"name":"/dev/loop0","back-file":"${real} (deleted)"}]}`,
      },
      [`${root} realpath -zm -- /srv/scality ${path} /archives /srv/scality/m`]: {
        stdout: `/data/srv/scality\0${real}\0/data\0/data/srv/scality/m\0`,
      },
    });
    const mount = { mountpoint: '/srv/scality/m', backingFile: path };
    expect(await facts).toMatchObject({
      mounts: [{ ...mount, backingFile: `${path} (deleted)` }],
      fstab: [mount],
      files: [{ mounted: true }],
    });
  });

  it('names the file of an archive that is listed no more as /etc/fstab does, behind links too', async () => {
    const line = { mountpoint: '/srv/scality/m', backingFile: '/link/old.iso' };
    const { facts } = look({
      [`${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`]: {
        stdout: '{"loopdevices":[{"name":"/dev/loop0","back-file":"/data/old.iso (deleted)"}]}',
      },
      [`${root} env LC_ALL=C cat -- /etc/fstab`]: { stdout: '/link/old.iso /srv/scality/m iso9660 ro,nofail 0 0\n' },
      [`${root} realpath -zm -- /srv/scality ${path} /archives /link/old.iso /srv/scality/m`]: {
        stdout: `/srv/scality\0${path}\0/archives\0/data/old.iso\0/srv/scality/m\0`,
      },
    });
    expect(await facts).toMatchObject({ mounts: [{ ...line, backingFile: '/link/old.iso (deleted)' }], fstab: [line] });
  });

  const losetup = `${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`;
  const inodes = `${root} env LC_ALL=C stat -L -c '%d:%i %n' -- ${path}`;
  const loop = (file: string) =>
    `{"loopdevices":[{"name":"/dev/loop0","back-file":"${file}","back-ino":2999669,"back-maj:min":"     254:0  "}]}`;

  it.each([
    ['the same inode under another name', '/mnt/hard-link.iso', `65024:2999669 ${path}\n`, path],
    ['another inode', '/mnt/other.iso', `65024:7 ${path}\n`, '/mnt/other.iso'],
    ['another inode in the archive’s folder', '/archives/b.iso', `65024:7 ${path}\n`, '/archives/b.iso'],
  ])('compares mounts by inode: %s', async (_, file, stdout, backingFile) => {
    const { facts } = look({ [losetup]: { stdout: loop(file) }, [inodes]: { stdout } });
    expect(await facts).toMatchObject({ mounts: [{ backingFile }], files: [{ mounted: backingFile === path }] });
  });

  it('compares mounts by name when the archive is gone, and by nothing when its inode cannot be read', async () => {
    const [gone, absentAlso] = [{ stdout: loop(`${path} (deleted)`) }, { ...absent, stdout: '' }];
    const { facts } = look({ [losetup]: gone, [inodes]: absentAlso });
    expect(await facts).toMatchObject({ mounts: [{ backingFile: `${path} (deleted)` }] });
    const denied = { ended: exit(1), stderr: 'stat: cannot statx: Permission denied\n' };
    await expect(look({ [losetup]: gone, [inodes]: denied }).facts).rejects.toMatchObject({ name: 'CommandFailed' });
  });

  it('names the first folder on the way to an archive that not only root can change', async () => {
    const { facts } = look({ [way(path)]: { stdout: 'centos 775 /my archives\n' } });
    expect(await facts).toMatchObject({ openFolder: { owner: 'centos', mode: '775', path: '/my archives' } });
    await expect(look({ [way(path)]: { stdout: 'hello' } }).facts).rejects.toMatchObject({ name: 'CommandFailed' });
  });

  it('reads the free space of the deepest existing folder', async () => {
    const { facts } = look({
      [ls('/archives')]: { ended: exit(2), stderr: 'ls: cannot access …: No such file or directory\n' },
      [stat(path)]: absent,
      [stat('/archives')]: absent,
      [`${root} df -B1 --output=avail,size,target -- /`]: { stdout: 'Avail 1B-blocks Mounted on\n 5000 9000 /\n' },
    });
    expect(await facts).toMatchObject({ parts: [], space: [{ mountpoint: '/', available: 5000, paths: [path] }] });
  });

  it('finds the part files of any change beside the archives', async () => {
    const [ours, old] = [`${path}.part-aaaaaaaaaaaaaaaa`, '/archives/other.iso.part-my-lab-7f3k2q'];
    const names = [old, ours, `${path}.part-of-mine`, `${path}.part-0123`, path].map((one) => one.slice(10));
    const { facts } = look({
      [ls('/archives')]: { stdout: `${names.join('\n')}\n` },
      [stat(ours)]: { stdout: '40 81a4 1:2:3:4\n' },
      [stat(old)]: { stdout: '7 81a4 1:2:3:4\n' },
    });
    const parts = [
      { path: ours, size: 40 },
      { path: old, size: 7 },
    ];
    expect(await facts).toMatchObject({ parts });
  });

  it('does not hash a file of the wrong size', async () => {
    const { shell, facts } = look({
      [stat(path)]: { stdout: '99 81a4 1:2:3:4\n' },
      [stat('/archives')]: { stdout: '4096 41ed 1:2:3:4\n' },
      [`${root} df -B1 --output=avail,size,target -- /archives`]: { stdout: 'Avail 1B-blocks Mounted on\n 1 2 /a\n' },
    });
    expect(await facts).toMatchObject({ files: [{ is: 'different', size: 99 }] });
    expect(shell.ran.filter((line) => line.includes('dgst'))).toEqual([]);
  });

  it('uses and reports sha256sum where openssl is missing', async () => {
    const { facts } = look({
      'node-2$ sudo -n openssl version': { ended: exit(127) },
      [`${root} sha256sum -- ${path}`]: { stdout: `${sha256}  ${path}\n` },
    });
    expect(await facts).toMatchObject({ hasher: 'sha256sum', files: [{ is: 'same' }] });
  });

  it('accepts a node without mounts, fstab, registry folder and isoinfo', async () => {
    const bare = { stdout: `/srv/scality\0${path}\0/archives\0` };
    const missing = { ended: exit(2), stderr: "ls: cannot access '…': No such file or directory\n" };
    const { facts } = look({
      [`${root} realpath -zm -- /srv/scality ${path} /archives`]: bare,
      [findmnt]: { ended: exit(1) },
      [`${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`]: {},
      [`${root} env LC_ALL=C cat -- /etc/fstab`]: missing,
      [`${root} env LC_ALL=C ls -1 -- /var/lib/metalk8s/repositories/conf.d`]: missing,
      [stat(MANIFEST)]: { stdout: '900 81a4 1:5:3:4\n' },
      [`${root} isoinfo -version`]: { ended: exit(1), stderr: 'sudo: isoinfo: command not found\n' },
    });
    expect(await facts).toMatchObject({ mounts: [], fstab: [], registryConfig: [], hasIsoinfo: false });
  });

  it.each([
    ['a file that cannot be seen', stat(path), { ended: exit(1), stderr: 'stat: Permission denied\n' }],
    ['mounts in an unknown form', findmnt, { stdout: 'TARGET SOURCE\n' }],
    ['a missing ss', `${root} ss -H -ltn`, { ended: exit(1), stderr: 'sudo: ss: command not found\n' }],
  ])('throws CommandFailed for %s', async (_, line, answer) => {
    await expect(look({ [line]: answer }).facts).rejects.toMatchObject({ name: 'CommandFailed' });
  });
});

describe('a file that was proven before', () => {
  const [digest, other] = [`${root} openssl dgst -sha256 -r ${path}`, 'b'.repeat(64)];

  it.each([
    ['is not read again while nobody has touched it', '1:2:3:4', sha256, true, false],
    ['is not the archive, without reading, when it was proven to be another one', '1:2:3:4', other, false, false],
    ['is read again when somebody has touched it since', '1:2:3:0', sha256, false, true],
  ])('%s', async (_, identity, proven, isArchive, isRead) => {
    const shell = new FakeShell({ ...well, [digest]: { stdout: `${other} *${path}\n` } });
    const digests = { known: () => ({ identity, sha256: proven }), remember: async () => undefined };
    await shell.pin([{ node: access.node, key: await shell.hostKey(access, { signal, limitMs: 1 }) }]);
    const nodes = targetNodes({ shell, digests });
    expect(await nodes.hasFile(access, { path, size: 100, sha256 }, signal)).toBe(isArchive);
    expect(shell.ran.includes(digest)).toBe(isRead);
  });
});

describe('an unusable target', () => {
  it('is reported with the error of sudo', async () => {
    const denied = { ended: exit(1), stderr: 'sudo: a password is required\n' };
    const says = expect.stringContaining('`sudo -n sh` on node-2 (sudo: a password is required)');
    expect(await look({ [rootProof]: denied }).facts).toMatchObject({ is: 'closed', fault: 'no-sudo', says });
    const some = look({ [programs]: { ...denied, stdout: 'mv\n' } });
    expect(await some.facts).toMatchObject({ fault: 'no-sudo', says: expect.stringContaining('`sudo -n mv`') });
  });

  it.each([
    ['sudo that prints', rootProof, { stdout: PROOF_OUTPUT, stderr: 'sudo: unable to resolve host' }, 'no-sudo'],
    ['a login shell that prints', proof, { stdout: `Hello\n${PROOF_OUTPUT}` }, 'unfit-shell'],
    ['a login shell that runs nothing', proof, { ended: exit(1), stdout: 'No access.\n' }, 'unfit-shell'],
    ['a login shell that changes words', proof, { stdout: 'its so\n' }, 'unfit-shell'],
  ] as const)('is reported with the words of %s', async (_, line, said, fault) => {
    const { facts } = look({ [line]: said, [passwd]: { stdout: 'centos:x:1000:1000::/home/centos:/bin/odd\n' } });
    const words = 'stderr' in said ? said.stderr : said.stdout.trim().split('\n')[0];
    expect(await facts).toMatchObject({ is: 'closed', fault, says: expect.stringContaining(`“${words}”`) });
  });

  it.each([
    ['findmnt', findmnt],
    ['losetup', `${root} losetup -J -O NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN`],
  ])('is reported by name when its %s cannot print JSON', async (program, line) => {
    const said = { [line]: { ended: exit(1), stderr: `${program}: invalid option -- 'J'\n` } };
    const version = (text: string) => ({
      [`${root} findmnt --version`]: { stdout: `findmnt from util-linux ${text}\n` },
    });
    const says = 'node-2 has util-linux 2.23.2, which cannot print JSON: RHEL 7 is not supported, see docs/install.md.';
    expect(await look({ ...said, ...version('2.23.2') }).facts).toMatchObject({ is: 'closed', fault: 'too-old', says });
    await expect(look({ ...said, ...version('2.32.1') }).facts).rejects.toMatchObject({ name: 'CommandFailed' });
  });

  it('is named when its mounts cannot be listed for another reason', async () => {
    const denied = { ended: exit(1), stderr: 'sudo: findmnt: command not found\n' };
    const { facts } = look({ [findmnt]: denied, [`${root} findmnt --version`]: denied });
    const failure = await facts.catch((error: unknown) => error);
    expect(failure instanceof CommandFailed && failure.report()).toMatchObject({
      what: expect.stringMatching(/^`sudo -n findmnt -J/),
      detail: 'sudo: findmnt: command not found',
    });
  });

  it('is reported when its user is not root and the annotation does not allow sudo', async () => {
    const { facts } = look({}, { ...access, sudo: false });
    expect(await facts).toMatchObject({ fault: 'no-sudo', says: expect.stringContaining('ssh-sudo=true') });
  });

  it.each(['unreachable', 'permission-denied', 'host-key-changed', 'key-missing', 'key-unsafe'] as const)(
    'is a fact: %s',
    async (fault) => {
      const shell = new FakeShell();
      shell.fail('node-2', fault, 'the sentence');
      expect(await targetNodes({ shell }).look(access, want, signal)).toEqual({
        is: 'closed',
        node: 'node-2',
        fault,
        says: 'the sentence',
      });
    },
  );

  it('is reported when the connection is lost during an inspection', async () => {
    const { facts } = look({ [findmnt]: { ended: { is: 'connection-lost' } } });
    expect(await facts).toMatchObject({ fault: 'unreachable', says: expect.stringContaining('lost') });
  });

  it.each<[Ended, string]>([
    [{ is: 'signal', name: 'SIGKILL' }, 'was killed by SIGKILL.'],
    [{ is: 'timeout', afterMs: 30_000 }, 'did not end within 30 s.'],
    [{ is: 'too-much-output', bytes: 1_048_576 }, 'printed more than 1,048,576 bytes, which is the limit.'],
  ])('throws CommandFailed when a command ends without an answer: %o', async (ended, says) => {
    const { facts } = look({ [findmnt]: { ended } });
    const failure = await facts.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    const { where, what } = failure instanceof CommandFailed ? failure.report() : { where: '', what: '' };
    expect([where, what.startsWith('`sudo -n findmnt'), what.endsWith(says)]).toEqual(['node-2', true, true]);
  });
});
