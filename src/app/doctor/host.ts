import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { listed } from '../../domain/text/format.ts';
import type { HealthAnswer, Host, SystemSeen, UnitState } from '../../ports/doctor/host.ts';
import { type Check, check, type Room } from './check.ts';

/** package.json, `engines`. */
const OLDEST_NODE = [22, 19] as const;
/** docs/install.md, “Supported systems”; and each unit says its systemd. */
const OLDEST_GLIBC = [2, 28] as const;
const WORKER_SYSTEMD = 239;
const BOT_SYSTEMD = 251;
/** The units of deploy/. */
export const WORKER_UNIT = 'registry-ha-worker.service';
export const BOT_UNIT = 'registry-ha-bot.service';
/** Programs of the bootstrap node that the worker uses: docs/install.md, step 4. */
const PROGRAMS = ['flock', 'ssh', 'dd'];

export interface HostPorts {
  readonly host: Host;
  readonly health: (signal: AbortSignal) => Promise<HealthAnswer>;
}

/** The bootstrap node, and the worker on it. */
export const workerHostRoom = ({ host, health }: HostPorts): Room => ({
  name: 'this node',
  checks: async () => [
    check(
      'system',
      () => host.system(),
      (seen) => workerSystem(host, seen),
    ),
    nodeVersion(host),
    systemdVersion(host, WORKER_SYSTEMD),
    check('programs', () => host.lacking(PROGRAMS), programs),
    check('service', () => host.unit(WORKER_UNIT), service),
    check('worker', health, (says) => running(says, 'worker', 'Read `journalctl -u registry-ha-worker`.')),
  ],
});

/** The computer of the bot. */
export const botHostRoom = ({ host, health }: HostPorts): Room => ({
  name: 'this computer',
  checks: async () => [
    check(
      'system',
      () => host.system(),
      (seen) => good(inWords(host, seen)),
    ),
    nodeVersion(host),
    // In a container, or started by hand, the bot needs no systemd.
    ...((await host.unit(BOT_UNIT))?.load === 'loaded' ? [systemdVersion(host, BOT_SYSTEMD)] : []),
    check('bot', health, (says) => running(says, 'bot', 'Start it, or read its log.')),
  ],
});

function workerSystem(host: Host, seen: SystemSeen): Verdict {
  const { platform, arch } = host;
  if (platform !== 'linux' || arch !== 'x64')
    return wrong(`The worker supports Linux x64, and this is ${platform} ${arch}.`, 'Run it on the bootstrap node.');
  const is = inWords(host, seen);
  if (seen.glibc === null)
    return unknown(
      `${is}. \`getconf GNU_LIBC_VERSION\` does not answer here.`,
      `The worker needs glibc ${OLDEST_GLIBC.join('.')} or newer.`,
    );
  if (isAtLeast(OLDEST_GLIBC, seen.glibc)) return good(is);
  return wrong(
    `${is}. The worker needs glibc ${OLDEST_GLIBC.join('.')} or newer.`,
    'Supported systems are in docs/install.md.',
  );
}

/** `Linux x64: Rocky Linux 8.10, glibc 2.28`. */
function inWords({ platform, arch }: Host, { name, glibc }: SystemSeen): string {
  const parts = [name ?? 'of an unknown distribution', ...(glibc === null ? [] : [`glibc ${glibc}`])];
  return `${platform === 'linux' ? 'Linux' : platform} ${arch}: ${parts.join(', ')}`;
}

const isAtLeast = ([least, at]: readonly [number, number], version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > least || (major === least && minor >= at);
};

const systemdVersion = (host: Host, least: number): Check =>
  check(
    'systemd',
    () => host.system(),
    ({ systemd }) => {
      if (systemd === null) return unknown('`systemctl --version` does not answer here.');
      if (systemd >= least) return good(`systemd ${systemd}`);
      return wrong(
        `systemd ${systemd} is too old for the unit: ${least} or newer is required.`,
        'Supported systems are in docs/install.md. A bot can run in a container instead.',
      );
    },
  );

const nodeVersion = (host: Host): Check =>
  check(
    'node',
    () => host.node,
    (version) => {
      if (isAtLeast(OLDEST_NODE, version)) return good(`Node ${version}`);
      return wrong(
        `Node ${version} is too old: ${OLDEST_NODE.join('.')} or newer is required.`,
        'Install a newer Node.',
      );
    },
  );

const programs = (lacking: readonly string[]): Verdict =>
  lacking.length === 0
    ? good(`${listed(PROGRAMS)} are there`)
    : wrong(`${listed(lacking)} cannot be found.`, 'Install util-linux, openssh-clients and coreutils.');

function service(unit: UnitState | null): Verdict {
  if (unit === null) return unknown('systemd does not answer here, so the worker’s unit was not checked.');
  if (unit.load !== 'loaded')
    return wrong(
      `${WORKER_UNIT} is ${unit.load}.`,
      'Install it: docs/install.md, step 4. Then run `systemctl daemon-reload && systemctl enable --now registry-ha-worker`.',
    );
  if (unit.active !== 'active')
    return wrong(
      `${WORKER_UNIT} is ${unit.active}.`,
      'Run `systemctl enable --now registry-ha-worker`, then read `journalctl -u registry-ha-worker`.',
    );
  if (unit.file === 'enabled') return good('Active, and enabled');
  return wrong(
    `${WORKER_UNIT} is active, but does not start after a reboot.`,
    'Run `systemctl enable registry-ha-worker`.',
  );
}

function running(says: HealthAnswer, name: string, log: string): Verdict {
  switch (says.is) {
    case 'ready':
      return good('Ready');
    case 'hindered':
      return wrong(`The ${name} runs, but is not ready: ${says.says}`, log);
    case 'silent':
      return wrong(`The ${name} does not answer at ${says.at}.`, log);
  }
}
