import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../../../sandbox/cluster/simulated-cluster.ts';
import { CLUSTER, OPS, PEOPLE } from '../../../sandbox/people.ts';
import { bareEnvironment, type Place } from '../../../sandbox/place.ts';
import { startKeeper } from '../../../sandbox/processes/keeper.ts';
import { redisService, redisUrlOf } from '../../../sandbox/processes/redis-service.ts';
import type { Service } from '../../../sandbox/processes/service.ts';
import { MANIFEST } from '../../../sandbox/sandbox.ts';
import { type ChangesReader, changesReader } from '../../../sandbox/seen/changes.ts';
import { type LocalSlack, startLocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const STOP_LIMIT_MS = 6_000;

/** The sandbox without its bot and its worker. */
export interface Parts {
  readonly cluster: SimulatedCluster;
  readonly slack: LocalSlack;
  readonly changes: ChangesReader;
  /** A loopback address of this sandbox alone. */
  readonly host: string;
  /** The address of Redis, without user, and the password of a user of `registry-ha redis acl`. */
  readonly redisUrl: string;
  passwordOf(user: string): string;
  close(): Promise<void>;
}

/** Starts a cluster, Slack and Redis on loopback addresses. */
export async function startParts(): Promise<Parts> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-ha-parts-'));
  await using closing = new AsyncDisposableStack();
  const log = (says: string) => void process.stderr.write(`${says}\n`);
  const keeper = startKeeper(folder, log);
  closing.defer(() => keeper.release());
  closing.defer(() => removeFolder(folder));
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
  const told = { onPid: () => keeper.watch(redis?.pid === undefined ? [] : [redis.pid]), onDeath: log };
  let redis: Service | undefined;
  redis = await redisService(place, told);
  closing.defer(async () => await redis?.stop(STOP_LIMIT_MS));
  await redis.start(new AbortController().signal);
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
    close: () => all.disposeAsync(),
  };
}

function urlAlone(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
