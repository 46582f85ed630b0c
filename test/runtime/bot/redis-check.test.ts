import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { RedisFound } from '../../../src/ports/doctor/redis.ts';
import { RedisCheck } from '../../../src/runtime/bot/redis-check.ts';
import { type AclBench, aclBench } from '../../adapters/redis/acl-bench.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { PATIENT } from '../../fixtures/patience.ts';

let bench: AclBench;
beforeAll(async () => {
  bench = await aclBench(['c1', 'c2']);
});
afterAll(() => bench.close());

let clusters: Map<string, unknown>;
let found: RedisFound[];
let lines: string[];
beforeEach(() => {
  clusters = new Map([['c1', {}]]);
  found = [];
  lines = [];
});

function check() {
  const line = (level: string) => (_: object, says: string) => void lines.push(`${level} ${says}`);
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const clock = new FakeClock();
  return { clock, check: new RedisCheck({ clusters, clock, log, onFound: (one) => void found.push(one) }) };
}

it('nothing is found, and nothing is said, where all is well', async () => {
  await check().check.connected(bench.as('registry-ha-bot'));
  expect(found).toEqual([{ bad: [], missing: [] }]);
  expect(lines).toEqual([]);
});

it('a lacking right and a wrong setting are found at the connection, and each is one line', async () => {
  const admin = bench.as('admin');
  clusters.set('c3', {});
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  try {
    await check().check.connected(bench.as('registry-ha-bot'));
  } finally {
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
  }
  expect(found).toEqual([{ bad: [expect.stringContaining('maxmemory-policy noeviction')], missing: ['keys of c3'] }]);
  expect(lines).toEqual([
    'error Redis is not set up for registry-ha',
    'error The Redis user lacks rights that the bot needs',
  ]);
});

it('while something is wrong it is checked each minute, without a new connection, and the end is said', async () => {
  const { clock, check: it } = check();
  const end = new AbortController();
  clusters.set('c3', {});
  await it.connected(bench.as('registry-ha-bot'));
  const watching = it.watch(end.signal);
  const minute = async () => {
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
    await clock.advance(60_000);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
  };
  await minute();
  expect(found.at(-1)?.missing).toEqual(['keys of c3']);
  expect(lines).toEqual(['error The Redis user lacks rights that the bot needs']);
  clusters.delete('c3');
  await minute();
  expect(found.at(-1)).toEqual({ bad: [], missing: [] });
  expect(lines.at(-1)).toBe('info Redis is set up for registry-ha now');
  const checks = found.length;
  await minute();
  expect(found).toHaveLength(checks);
  end.abort();
  await watching;
});

it('rights are tried as soon as a cluster is served, if none was at the connection', async () => {
  const { clock, check: it } = check();
  clusters.clear();
  await it.connected(bench.as('registry-ha-bot'));
  expect(found).toEqual([{ bad: [], missing: [] }]);
  clusters.set('c1', {}).set('c3', {});
  const end = new AbortController();
  const watching = it.watch(end.signal);
  await vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
  expect(found.at(-1)?.missing).toEqual(['keys of c3']);
  end.abort();
  await watching;
});

it('a check that Redis does not answer keeps what was known', async () => {
  const { check: it } = check();
  const redis = bench.as('registry-ha-bot');
  redis.disconnect();
  await it.connected(redis);
  expect(found).toEqual([]);
  expect(lines).toEqual(['warn Settings of Redis and rights in it could not be checked']);
});
