import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import { CLUSTER, OPS, PEOPLE } from '../../../sandbox/people.ts';
import { bareEnvironment } from '../../../sandbox/place.ts';
import { startKeeper } from '../../../sandbox/processes/keeper.ts';
import { botAndWorker } from '../../../sandbox/processes/processes.ts';
import { redisService, redisUrlOf } from '../../../sandbox/processes/redis-service.ts';
import type { Service } from '../../../sandbox/processes/service.ts';
import { MANIFEST } from '../../../sandbox/sandbox.ts';
import { type ChangesReader, changesReader } from '../../../sandbox/seen/changes.ts';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { removeFolder } from './own-folder.ts';

/** A process with a computer of its own. */
export type Computer = 'bot' | 'worker';

/** A bot and a worker with their files where an installation has them, each below its own root folder. */
export interface TwoComputers {
  readonly slack: LocalSlack;
  readonly cluster: SimulatedCluster;
  readonly changes: ChangesReader;
  readonly services: Readonly<Record<Computer, Service>>;
  readonly roots: Readonly<Record<Computer, string>>;
  /** Ends every process and server and removes the folder. */
  close(): Promise<void>;
}

const STOP_LIMIT_MS = 6_000;
const PACE = 0.02;

/** Starts everything and waits until bot and worker are ready. If that fails, removes what was started. */
export async function startTwoComputers(signal: AbortSignal): Promise<TwoComputers> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-computers-'));
  await using closing = new AsyncDisposableStack();
  const keeper = startKeeper(folder, () => undefined);
  closing.defer(() => keeper.release());
  closing.defer(() => removeFolder(folder));
  const cluster = await startSimulatedCluster({ folder: join(folder, 'cluster'), pace: PACE });
  closing.defer(() => cluster.close());
  const delivery = { mode: 'socket' } as const;
  const slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery });
  closing.defer(() => slack.close());
  const running: Service[] = [];
  const hooks = {
    onPid: () => keeper.watch(running.flatMap(({ pid }) => pid ?? [])),
    onDeath: () => undefined,
  };
  const host = cluster.world.bootstrap.ip.replace(/\d+$/, '1');
  const place = { folder, host, env: bareEnvironment(process.env), hasClocks: false, installed: {} };
  const redis = await redisService(place, hooks);
  const { bot, worker } = await botAndWorker(place, { slack, cluster, delivery: 'socket' }, hooks);
  running.push(redis, bot, worker);
  closing.defer(() => redis.stop(STOP_LIMIT_MS));
  closing.defer(async () => void (await Promise.all([bot, worker].map((one) => one.stop(STOP_LIMIT_MS)))));
  const roots = installedFrom(folder);
  await redis.start(signal);
  await Promise.all([bot.start(signal), worker.start(signal)]);
  const changes = changesReader(redisUrlOf(place), CLUSTER);
  closing.defer(() => changes.close());
  const all = closing.move();
  return { slack, cluster, changes, services: { bot, worker }, roots, close: () => all.disposeAsync() };
}

/** Moves what the sandbox keeps in one folder to the two computers. A link stays where each process looks for its configuration. */
function installedFrom(folder: string): TwoComputers['roots'] {
  const roots = { bot: join(folder, 'computer'), worker: join(folder, 'node') };
  const from = (name: string) => join(folder, name);
  const bots = (name: string) => join(roots.bot, 'etc/registry-ha', name);
  const workers = (name: string) => join(roots.worker, 'etc/registry-ha', name);
  const moves = {
    'approval.key': bots('approval.key'),
    'policy.yaml': bots('policy.yaml'),
    'worker-lab.pub': bots('workers/lab/worker.pub'),
    'worker-lab.key': workers('worker.key'),
    'approval.pub': workers('approval.pub'),
  };
  const configs = { 'bot.yaml': bots('bot.yaml'), 'worker.yaml': workers('worker.yaml') };
  const state = join(roots.worker, 'var/lib/registry-ha');
  for (const to of [...Object.values(moves), ...Object.values(configs), state])
    mkdirSync(dirname(to), { recursive: true });
  for (const [name, to] of Object.entries(moves)) renameSync(from(name), to);
  for (const [name, to] of Object.entries(configs)) {
    const paths = [...Object.entries(moves), ['worker\n', `${state}\n`] as const];
    const text = paths.reduce((now, [path, at]) => now.replaceAll(from(path), at), readFileSync(from(name), 'utf8'));
    renameSync(from(name), to);
    writeFileSync(to, text);
    symlinkSync(to, from(name));
  }
  return roots;
}
