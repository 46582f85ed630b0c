import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { dump, load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulatedCluster } from '../../sandbox/cluster/simulated-cluster.ts';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { bareEnvironment } from '../../sandbox/place.ts';
import { startKeeper } from '../../sandbox/processes/keeper.ts';
import { becomesTrue } from '../../sandbox/processes/poll.ts';
import { botService, workerService } from '../../sandbox/processes/processes.ts';
import type { Service } from '../../sandbox/processes/service.ts';
import { MANIFEST } from '../../sandbox/sandbox.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { BOT_USER, workerUser } from '../../src/adapters/redis/acl/acl.ts';
import { rightsAt } from '../../src/adapters/redis/acl/rights.ts';
import { badSettings } from '../../src/adapters/redis/server/settings.ts';
import { judgeJournal } from '../chaos/judges/record.ts';
import { JournalTail } from '../harness/stage/journal-tail.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { layTls, PASSWORD, SENTINEL_USER, startManaged, startOwn, startSentinel, type Tls } from './redis-servers.ts';

const CLUSTER = 'lab';
const LIMIT_MS = 120_000;
const { signal } = new AbortController();
const Config = z.looseObject({});

/** The section `redis` of a process's configuration. */
type RedisOf = (user: string) => object;

let folder: string;
let tls: Tls;
let closing: AsyncDisposableStack;

beforeEach(async () => {
  closing = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-deployment-'));
  const keeper = startKeeper(folder, () => undefined);
  closing.defer(() => keeper.release());
  closing.defer(() => removeFolder(folder));
  tls = await layTls(folder);
});
afterEach(() => closing.disposeAsync());

/** The real bot and worker with this Redis, a local Slack and a simulated cluster. */
async function deployed(redisOf: RedisOf, secrets: object = {}) {
  const cluster = await startSimulatedCluster({ folder: join(folder, 'cluster'), pace: 0.02 });
  closing.defer(() => cluster.close());
  const host = cluster.world.bootstrap.ip.replace(/\d+$/, '1');
  const env = { ...bareEnvironment(process.env), REGISTRY_HA_REDIS_PASSWORD: PASSWORD, ...secrets };
  const place = { folder, host, env, hasClocks: false, installed: {} };
  const delivery = { mode: 'socket' } as const;
  const slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery });
  closing.defer(() => slack.close());
  const hooks = { onPid: () => undefined, onDeath: () => undefined };
  const bot = await botService(place, { slack, delivery: 'socket', clusters: [CLUSTER] }, hooks);
  const worker = await workerService(place, { name: CLUSTER, cluster, hub: place }, hooks);
  await configure('bot', redisOf(BOT_USER));
  await configure('worker', redisOf(workerUser(CLUSTER)));
  await begun(bot);
  await begun(worker);
  return { slack, journal: new JournalTail(join(folder, 'worker/journal.jsonl')) };
}

async function configure(name: string, redis: object): Promise<void> {
  const path = join(folder, `${name}.yaml`);
  const config = Config.parse(load(await readFile(path, 'utf8')));
  await writeFile(path, dump({ ...config, redis }));
}

async function begun(service: Service): Promise<void> {
  closing.defer(() => service.stop(6_000));
  await service.start(signal);
}

/** Alice requests, bob approves. */
async function added(slack: LocalSlack, node: string): Promise<void> {
  await slack.command('alice', `/registry-ha add ${node}`);
  await until('a plan', () => slack.messages().some(({ text }) => text.includes('waits for a decision')));
  await until('an approval', () =>
    slack.click('bob', 'Approve').then(
      () => true,
      () => false,
    ),
  );
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  if (!(await becomesTrue(isSo, LIMIT_MS, signal))) throw new Error(`Timed out: ${what}.`);
}

const isDone = (slack: LocalSlack) =>
  slack.messages().some(({ text, threadTs }) => threadTs === undefined && text.includes('Done.'));
const logOf = (name: string) => readFile(join(folder, `${name}.log`), 'utf8');

describe('bot and worker', { timeout: 300_000 }, () => {
  it('add a registry with one Redis over TLS, by the file of its authority', async () => {
    const redis = await startOwn('redis', tls, CLUSTER);
    closing.defer(() => redis.kill());
    const url = `rediss://127.0.0.1:${redis.port}`;
    const { slack } = await deployed((username) => ({ url, username, tls: { ca: tls.ca } }));
    await added(slack, 'node-2');
    await until('the end', () => isDone(slack));
    expect(await logOf('worker')).not.toMatch(/"level":[56]0/);
    expect(await logOf('bot')).not.toMatch(/"level":[56]0/);
  });

  it('add a registry with a managed Redis that forbids CONFIG and ACL, and has one password', async () => {
    const redis = await startManaged(tls);
    closing.defer(() => redis.kill());
    const admin = new Redis(redis.port, '127.0.0.1', { password: PASSWORD, tls: { ca: await readFile(tls.ca) } });
    closing.defer(() => admin.disconnect());
    await expect(admin.call('CONFIG', 'GET', 'appendonly')).rejects.toThrow('unknown command');
    await expect(admin.call('ACL', 'WHOAMI')).rejects.toThrow('unknown command');
    expect(await badSettings(admin)).toEqual([]);
    // What the doctor says: nothing is missing, and one password allows too much.
    const rights = await rightsAt(admin, 'worker', [CLUSTER]);
    expect(rights.missing).toEqual([]);
    expect(rights.excess).toEqual([
      'delete all data',
      'read keys outside of registry-ha’s',
      'write keys of other clusters',
    ]);
    const url = `rediss://127.0.0.1:${redis.port}`;
    const { slack } = await deployed(() => ({ url, tls: { ca: tls.ca } }));
    await added(slack, 'node-2');
    await until('the end', () => isDone(slack));
    expect(await logOf('worker')).not.toMatch(/"level":[56]0/);
    expect(await logOf('bot')).not.toMatch(/"level":[56]0/);
  });

  it('follow a failover in the middle of a change, with three Sentinels that require a login, a primary and two replicas over TLS', async () => {
    const durable = ['min-replicas-to-write 1', 'min-replicas-max-lag 10'];
    const primary = await startOwn('primary', tls, CLUSTER, durable);
    closing.defer(() => primary.kill());
    for (const name of ['replica-1', 'replica-2']) {
      const replica = await startOwn(name, tls, CLUSTER, [...durable, `replicaof 127.0.0.1 ${primary.port}`]);
      closing.defer(() => replica.kill());
    }
    const sentinels: string[] = [];
    for (let n = 1; n <= 3; n += 1) {
      const sentinel = await startSentinel(n, tls, primary);
      closing.defer(() => sentinel.kill());
      sentinels.push(`127.0.0.1:${sentinel.port}`);
    }
    await until('Sentinels that know the replicas', () => knowAll(sentinels[0] ?? ''));
    const redisOf = (username: string) => ({
      ...{ sentinels, sentinelName: 'lab', sentinelUsername: SENTINEL_USER },
      ...{ username, tls: { ca: tls.ca } },
    });
    const { slack, journal } = await deployed(redisOf, { REGISTRY_HA_SENTINEL_PASSWORD: PASSWORD });
    await added(slack, 'node-2');
    await until('the first step', () => journal.events().some(({ type }) => type === 'step-started'));
    await primary.kill();
    const atKill = journal.events().length;
    await until('the end', () => isDone(slack));
    expect(journal.events().length).toBeGreaterThan(atKill);
    expect(await judgeJournal(journal.path)).toEqual([]);
  });
});

async function knowAll(sentinel: string): Promise<boolean> {
  const [host = '', port] = sentinel.split(':');
  const login = { password: `${PASSWORD}-of-the-sentinels`, tls: { ca: await readFile(tls.ca) } };
  const redis = new Redis(Number(port), host, login);
  redis.on('error', () => undefined);
  try {
    const seen = await redis.info('sentinel');
    return seen.includes('slaves=2') && seen.includes('sentinels=3');
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
