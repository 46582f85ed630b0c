import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisReplicas } from '../../../../src/adapters/redis/cards/replicas.ts';
import { clusterKeys } from '../../../../src/adapters/redis/server/keys.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';

const CLUSTERS = ['c2', 'c1'];
const { replicas: KEY, sockets: SOCKETS } = clusterKeys('c1');
let bench: AclBench;
beforeAll(async () => {
  bench = await aclBench(CLUSTERS);
});
afterAll(() => bench.close());

const replica = () => redisReplicas({ redis: bench.as('registry-ha-bot'), clusters: CLUSTERS });

it('the replicas of a bot count each other, by the rights of its user', async () => {
  const [one, two] = [replica(), replica()];
  expect(await one.beat()).toBe(1);
  expect(await two.beat()).toBe(2);
  expect(await one.beat()).toBe(2);
  await two.leave();
  expect(await one.beat()).toBe(1);
  expect(await bench.refused()).toEqual([]);
});

it('a replica that was killed counts for half a minute', async () => {
  const [admin, own] = [bench.as('admin'), replica()];
  await admin.del(KEY);
  await admin.zadd(KEY, Date.now() - 20_000, 'late', Date.now() - 40_000, 'dead');
  expect(await own.beat()).toBe(2);
  expect(await admin.zscore(KEY, 'dead')).toBeNull();
});

it('too many replicas to be ours are unknown', async () => {
  const admin = bench.as('admin');
  for (let n = 0; n < 64; n += 1) await admin.zadd(KEY, Date.now(), `invented-${n}`);
  expect(await replica().beat()).toBeNull();
  await admin.del(KEY);
});

it('what Slack said of connections is kept for the doctor, and anything else is unknown', async () => {
  const [admin, own] = [bench.as('admin'), replica()];
  expect(await own.seen()).toBeNull();
  const seen = { connections: 4, replicas: 1, at: '2026-03-01T10:00:00.000Z' };
  await own.keep(seen);
  expect(await replica().seen()).toEqual(seen);
  expect(await admin.pttl(SOCKETS)).toBeGreaterThan(3_600_000);
  for (const text of ['', 'x', '{"connections":0,"replicas":1}', JSON.stringify({ ...seen, more: 'x'.repeat(999) })]) {
    await admin.set(SOCKETS, text);
    expect(await own.seen()).toBeNull();
  }
});
