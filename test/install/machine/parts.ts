import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import { CLUSTER, OPS, PEOPLE } from '../../../sandbox/people.ts';
import { bareEnvironment, type Place } from '../../../sandbox/place.ts';
import { startKeeper } from '../../../sandbox/processes/keeper.ts';
import { botService } from '../../../sandbox/processes/processes.ts';
import { redisService, redisUrlOf } from '../../../sandbox/processes/redis-service.ts';
import type { Service } from '../../../sandbox/processes/service.ts';
import { MANIFEST } from '../../../sandbox/sandbox.ts';
import { type ChangesReader, changesReader } from '../../../sandbox/seen/changes.ts';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/slack/local-slack.ts';

const STOP_LIMIT_MS = 6_000;

/** The sandbox without its worker, and without its bot until `startBot`. */
export interface Parts {
  readonly cluster: SimulatedCluster;
  readonly slack: LocalSlack;
  readonly changes: ChangesReader;
  /** A loopback address of this sandbox alone. */
  readonly host: string;
  /** The address of Redis, without user, and the password of a user of `registry-ha redis acl`. */
  readonly redisUrl: string;
  passwordOf(user: string): string;
  /** Starts the sandbox's bot on this computer, which trusts the worker with this public key. Returns the bot's own. */
  startBot(workerKey: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts a cluster, Slack and Redis on loopback addresses. */
export async function startParts(): Promise<Parts> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-ha-parts-'));
  const { signal } = new AbortController();
  await using closing = new AsyncDisposableStack();
  const log = (says: string) => void process.stderr.write(`${says}\n`);
  const keeper = startKeeper(folder, log);
  closing.defer(() => keeper.release());
  closing.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const cluster = await startSimulatedCluster({ folder: join(folder, 'cluster') });
  closing.defer(() => cluster.close());
  const host = cluster.world.bootstrap.ip.replace(/\d+$/, '1');
  const place: Place = { folder, host, env: bareEnvironment(process.env), hasClocks: false, installed: {} };
  const slack = await startLocalSlack({
    manifestPath: MANIFEST,
    people: PEOPLE,
    channel: OPS,
    delivery: { mode: 'socket' },
  });
  closing.defer(() => slack.close());
  const running: Service[] = [];
  const told = { onPid: () => keeper.watch(running.flatMap(({ pid }) => pid ?? [])), onDeath: log };
  const run = async (service: Service) => {
    running.push(service);
    closing.defer(() => service.stop(STOP_LIMIT_MS));
    await service.start(signal);
  };
  await run(await redisService(place, told));
  const changes = changesReader(redisUrlOf(place), CLUSTER);
  closing.defer(() => changes.close());
  const all = closing.move();
  return {
    cluster,
    slack,
    changes,
    host,
    redisUrl: urlAlone(redisUrlOf(place)),
    passwordOf: (user) => new URL(redisUrlOf(place, user)).password,
    async startBot(workerKey) {
      const bot = await botService(place, { slack, delivery: 'socket', clusters: [CLUSTER] }, told);
      await writeFile(join(folder, `worker-${CLUSTER}.pub`), workerKey);
      all.defer(() => bot.stop(STOP_LIMIT_MS));
      running.push(bot);
      await bot.start(signal);
      return await readFile(join(folder, 'approval.pub'), 'utf8');
    },
    close: () => all.disposeAsync(),
  };
}

function urlAlone(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
