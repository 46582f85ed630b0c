import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ScenarioResult } from '../../../sandbox/scenario/result.ts';
import { REGISTRY_CONFIG } from '../../../src/domain/node-commands/undo-commands.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import { judgeLeftovers } from '../judges/leftovers.ts';
import { type ChaosStage, TARGET } from '../stage/chaos-stage.ts';
import { pressCancel, requestNext } from '../stage/operator.ts';
import { allFiles, inspectNodes } from '../stage/untouched.ts';
import { whileFrozen } from '../stage/while-frozen.ts';
import { interrupted } from './acts.ts';
import type { Disturbance, End } from './disturbance.ts';
import { killWorker } from './kills.ts';
import { redisAway } from './redis.ts';
import { addYumRepos, botAway, commandOf, killedBeforeTheJid, killedIn, stepOfSecond, targetOf } from './undo.ts';

type Strike = (stage: ChaosStage) => Promise<void>;

const REMOVE = '/registry-ha remove node-2 --last';
const SYNC = '/registry-ha sync';
const AWAY_MS = 4_000;
const STOP_LIMIT_MS = 6_000;

/** The registry of a done add is removed or synced, and a process dies during that. */
export function registryDisturbances(): readonly Disturbance[] {
  const acting = (verb: typeof removed, name: string, kinds: readonly StepKind[]) =>
    kinds.map((kind) => verb(`${name}-worker-killed-in-${kind}`, killedIn(kind)));
  const looking = (verb: typeof removed, name: string, ids: readonly string[]) =>
    ids.map((id) => verb(`${name}-worker-killed-in-${id}`, killedAtStartOf(id)));
  return [
    ...acting(removed, 'remove', ['withdraw', 'unmount', 'unconfigure', 'remove-copy']),
    ...looking(removed, 'remove', ['ready', 'verify']),
    removed('remove-worker-killed-before-the-jid-is-written', killedBeforeTheJid),
    removed('remove-redis-killed-in-unmount', redisKilledIn('unmount')),
    removed('remove-bot-away-until-it-is-done', botAway('withdraw')),
    removed('remove-ssh-refused-in-unmount', sshRefusedIn('unmount')),
    removed('remove-redis-gone-for-a-while-in-withdraw', redisGoneIn('withdraw')),
    removed('remove-worker-stopped-in-unmount', stoppedIn('unmount')),
    removed('remove-slack-5xx-storm', faultIn('withdraw', 'slack-5xx')),
    removed('remove-kube-down-in-ready', faultIn('ready', 'kube-down')),
    removed('remove-salt-master-down-in-engines', faultIn('engines', 'salt-master-down')),
    removed('remove-node-reboots-in-unmount', rebootedIn('unmount')),
    removed('remove-cancelled-in-unmount-and-requested-again', cancelledIn('unmount', REMOVE), ['cancelled', 'done']),
    ...acting(synced, 'sync', ['copy', 'unconfigure', 'mount', 'other-version', 'deploy', 'unmount', 'remove-copy']),
    ...looking(synced, 'sync', ['ready', 'verify']),
    synced('sync-redis-killed-in-deploy', redisKilledIn('deploy')),
    synced('sync-bot-away-until-it-is-done', botAway('copy')),
    synced('sync-ssh-refused-in-mount', sshRefusedIn('mount')),
    synced('sync-redis-gone-for-a-while-in-mount', redisGoneIn('mount')),
    synced('sync-worker-stopped-in-deploy', stoppedIn('deploy')),
    synced('sync-slack-429-storm', faultIn('copy', 'slack-429', '2')),
    synced('sync-kube-down-in-ready', faultIn('ready', 'kube-down')),
    synced('sync-salt-master-down-in-deploy', faultIn('deploy', 'salt-master-down')),
    synced('sync-node-reboots-in-copy', rebootedIn('copy')),
    synced('sync-node-reboots-in-ready', rebootedIn('ready')),
    synced('sync-cancelled-in-mount-and-requested-again', cancelledIn('mount', SYNC), ['cancelled', 'done']),
  ];
}

function removed(name: string, strike: Strike, then: Ends = ['done']): Disturbance {
  return {
    name,
    end: { state: 'followed', then, left: leftByRemove },
    before: async (stage) => {
      await addForeignFiles(stage);
      stage.untouched = await inspectNodes(stage.sandbox);
    },
    after: (stage) => disturbed(stage, REMOVE, strike),
  };
}

function synced(name: string, strike: Strike, then: Ends = ['done']): Disturbance {
  return {
    name,
    end: { state: 'followed', then, left: leftBySync },
    after: async (stage) => {
      const { cluster } = stage.sandbox;
      await cluster.operate('iso-manager', ['add', '129.0.0']);
      await cluster.operate('iso-manager', ['remove', '127.0.6']);
      await disturbed(stage, SYNC, strike);
    },
  };
}

type Ends = Extract<End, { readonly state: 'followed' }>['then'];

async function disturbed(stage: ChaosStage, command: string, strike: Strike): Promise<void> {
  await Promise.all([requestNext(stage, command), strike(stage)]);
}

const killedAtStartOf =
  (id: string): Strike =>
  async (stage) => {
    await stepOfSecond(id, stage);
    await killWorker(stage);
  };

const redisKilledIn =
  (kind: StepKind): Strike =>
  async (stage) => {
    await commandOf(kind, stage);
    await redisAway(stage, 0);
  };

const redisGoneIn =
  (kind: StepKind): Strike =>
  async (stage) => {
    await stepOfSecond(kind, stage);
    await redisAway(stage, AWAY_MS);
  };

/** SIGTERM, as for an update of the worker. */
const stoppedIn =
  (kind: StepKind): Strike =>
  async (stage) => {
    await commandOf(kind, stage);
    interrupted(stage);
    await stage.sandbox.services.worker.stop(STOP_LIMIT_MS);
    await stage.start('worker');
  };

/** The node cannot be reached for a few seconds; the step waits for it. */
const sshRefusedIn =
  (kind: StepKind): Strike =>
  async (stage) => {
    await commandOf(kind, stage);
    await passing(stage, 'ssh-refused', TARGET);
  };

/** A fault that goes after a few seconds; the step waits for it. */
const faultIn =
  (kind: StepKind, fault: string, ...args: readonly string[]): Strike =>
  async (stage) => {
    await stepOfSecond(kind, stage);
    await passing(stage, fault, ...args);
  };

async function passing(stage: ChaosStage, fault: string, ...args: readonly string[]): Promise<void> {
  interrupted(stage);
  await stage.plant(fault, ...args);
  await stage.pause(AWAY_MS);
  await stage.clear(fault);
}

/** Its commands end, and its mounts, minion and registry come back with the boot. */
const rebootedIn =
  (kind: StepKind): Strike =>
  async (stage) => {
    await stepOfSecond(kind, stage);
    interrupted(stage);
    await stage.sandbox.cluster.operate('reboot', [TARGET]);
  };

/** The change stops at its next safe point; the same request then does what is left. */
const cancelledIn =
  (kind: StepKind, again: string): Strike =>
  async (stage) => {
    await stepOfSecond(kind, stage);
    await whileFrozen(stage, () => stage.until('a Cancel button', () => pressCancel(stage)));
    await stage.moment('a safe point', (events) => events.at(-1)?.type === 'cancelled');
    await requestNext(stage, again);
  };

/** Files that a removal must not take. */
async function addForeignFiles(stage: ChaosStage): Promise<void> {
  const { root } = targetOf(stage);
  await mkdir(join(root, REGISTRY_CONFIG), { recursive: true });
  await writeFile(join(root, REGISTRY_CONFIG, 'other.txt'), 'not of any change\n');
  await appendFile(join(root, '/etc/fstab'), '/srv/other.iso\t/srv/other\tiso9660\tro,nofail\t0 0\n');
  for (const node of stage.sandbox.cluster.world.nodes.values()) await addYumRepos(node);
}

/** The manifest is kept by the removal that moved it, the first one. */
async function leftByRemove(stage: ChaosStage, { nodes, changes }: ScenarioResult): Promise<readonly string[]> {
  const { untouched, sandbox } = stage;
  if (untouched === null) return ['the cluster’s earlier state was not recorded'];
  const is = { nodes, files: await allFiles(sandbox.cluster.world) };
  return judgeLeftovers(is, untouched, TARGET, changes[1]?.id ?? '', 'removed');
}

/** The target has exactly what the bootstrap node lists. */
async function leftBySync(stage: ChaosStage, { nodes }: ScenarioResult): Promise<readonly string[]> {
  const { bootstrap, [TARGET]: target } = nodes;
  if (bootstrap === undefined || target === undefined) return [`there is no ${TARGET}`];
  const files = await allFiles(stage.sandbox.cluster.world);
  const includes = (node: string) =>
    [...(files.get(node)?.keys() ?? [])].filter((path) => path.startsWith(REGISTRY_CONFIG)).toSorted();
  const listed = bootstrap.files.filter(({ path }) => !path.endsWith('127.0.6.iso'));
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    registry: [target.registry, 'ready'],
    served: [target.served, target.expected],
    mounts: [target.mounts.toSorted(), bootstrap.mounts.toSorted()],
    files: [target.files, listed],
    includes: [includes(TARGET), includes('bootstrap')],
    engines: [target.engineEndpoints.length, 2],
  };
  return Object.entries(pairs).flatMap(([what, [is, wanted]]) =>
    isDeepStrictEqual(is, wanted) ? [] : [`${TARGET}: ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`],
  );
}
