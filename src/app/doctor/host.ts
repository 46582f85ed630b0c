import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import { listed } from '../../domain/text/format.ts';
import type { HealthAnswer, Host, UnitState } from '../../ports/doctor/host.ts';
import { type Check, check, type Room } from './check.ts';

/** package.json, `engines`. */
const OLDEST_NODE = [22, 19] as const;
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
    check('system', () => host, system),
    nodeVersion(host),
    check('programs', () => host.lacking(PROGRAMS), programs),
    check('service', () => host.unit(WORKER_UNIT), service),
    check('worker', health, (says) => running(says, 'worker', 'Read `journalctl -u registry-ha-worker`.')),
  ],
});

/** The computer of the bot. */
export const botHostRoom = ({ host, health }: HostPorts): Room => ({
  name: 'this computer',
  checks: async () => [
    nodeVersion(host),
    check('bot', health, (says) => running(says, 'bot', 'Start it, or read its log.')),
  ],
});

function system({ platform, arch }: Host): Verdict {
  if (platform === 'linux' && arch === 'x64') return good('Linux x64');
  return wrong(`The worker supports Linux x64, and this is ${platform} ${arch}.`, 'Run it on the bootstrap node.');
}

const nodeVersion = (host: Host): Check =>
  check(
    'node',
    () => host.node,
    (version) => {
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const [least, at] = OLDEST_NODE;
      if (major > least || (major === least && minor >= at)) return good(`Node ${version}`);
      return wrong(`Node ${version} is too old: ${least}.${at} or newer is required.`, 'Install a newer Node.');
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
