import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import { OPS, PEOPLE } from '../../../sandbox/people.ts';
import { bareEnvironment, type Place } from '../../../sandbox/place.ts';
import { type Keeper, startKeeper } from '../../../sandbox/processes/keeper.ts';
import { botService, workerService } from '../../../sandbox/processes/processes.ts';
import { redisService, redisUrlOf } from '../../../sandbox/processes/redis-service.ts';
import type { Service } from '../../../sandbox/processes/service.ts';
import { MANIFEST } from '../../../sandbox/sandbox.ts';
import { type ChangesReader, changesReader } from '../../../sandbox/seen/changes.ts';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { JournalTail } from '../../harness/stage/journal-tail.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

/** A cluster of the fleet, with its own worker. */
export interface Member {
  readonly name: string;
  readonly cluster: SimulatedCluster;
  readonly worker: Service;
  readonly journal: JournalTail;
  readonly changes: ChangesReader;
}

/** Several clusters with one bot, one Redis and one channel. */
export interface Fleet {
  readonly slack: LocalSlack;
  readonly bot: Service;
  readonly redis: Service;
  readonly redisUrl: string;
  readonly members: readonly Member[];
  /** Ends every process and server and removes the folder. */
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly names: readonly string[];
  readonly pace: number;
  readonly signal: AbortSignal;
}

const STOP_LIMIT_MS = 6_000;

/** Starts everything and waits until bot and workers are ready. If that fails, removes what was started. */
export async function startFleet({ names, pace, signal }: FleetOptions): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-fleet-'));
  await using closing = new AsyncDisposableStack();
  const keeper = startKeeper(folder, () => undefined);
  closing.defer(() => keeper.release());
  closing.defer(() => removeFolder(folder));
  const hooks = hooksOf(keeper);
  const grounds = [];
  for (const name of names) {
    signal.throwIfAborted();
    grounds.push(await groundFor(name, folder, pace, closing));
  }
  const [{ place: hub } = missing()] = grounds;
  const slack = await startLocalSlack({
    manifestPath: MANIFEST,
    people: PEOPLE,
    channel: OPS,
    delivery: { mode: 'socket' },
  });
  closing.defer(() => slack.close());
  const redis = hooks.one(await redisService(hub, hooks, names));
  closing.defer(() => redis.stop(STOP_LIMIT_MS));
  await redis.start(signal);
  const bot = hooks.one(await botService(hub, { slack, delivery: 'socket', clusters: names }, hooks));
  closing.defer(() => bot.stop(STOP_LIMIT_MS));
  const members: Member[] = [];
  for (const ground of grounds) {
    const worker = hooks.one(await workerService(ground.place, { ...ground, hub }, hooks));
    closing.defer(() => worker.stop(STOP_LIMIT_MS));
    const changes = changesReader(redisUrlOf(hub), ground.name);
    closing.defer(() => changes.close());
    const journal = new JournalTail(join(ground.place.folder, 'worker', 'journal.jsonl'));
    members.push({ ...ground, worker, journal, changes });
  }
  await Promise.all([bot, ...members.map(({ worker }) => worker)].map((service) => service.start(signal)));
  const all = closing.move();
  return { slack, bot, redis, redisUrl: redisUrlOf(hub), members, close: () => all.disposeAsync() };
}

interface Ground {
  readonly name: string;
  readonly place: Place;
  readonly cluster: SimulatedCluster;
}

async function groundFor(name: string, root: string, pace: number, closing: AsyncDisposableStack): Promise<Ground> {
  const folder = join(root, name);
  await mkdir(folder);
  const cluster = await startSimulatedCluster({ folder: join(folder, 'cluster'), pace });
  closing.defer(() => cluster.close());
  const host = cluster.world.bootstrap.ip.replace(/\d+$/, '1');
  return { name, cluster, place: { folder, host, env: bareEnvironment(process.env), hasClocks: false, installed: {} } };
}

/** Ends every process with this one, even if it is killed. */
function hooksOf(keeper: Keeper) {
  const running: Service[] = [];
  return {
    onPid: () => keeper.watch(running.flatMap(({ pid }) => pid ?? [])),
    onDeath: () => undefined,
    one: (service: Service): Service => {
      running.push(service);
      return service;
    },
  };
}

function missing(): never {
  throw new TypeError('A fleet needs at least one cluster.');
}
