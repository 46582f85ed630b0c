import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, redisBench } from '../server.ts';

const KEY = 'mk8s:c1:changes';
const MIB = 1024 * 1024;

describe('a forged job with invalid JSON', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await redisBench();
  });
  afterEach(() => bench.close());

  it.each([
    ['data', { data: '{"kind":"app', opts: '{"attempts":1}' }],
    ['options', { data: '{"kind":"apply","id":"c1-aaaaaa"}', opts: '{{{' }],
  ])('in its %s does not block the other jobs', async (_what, fields) => {
    const redis = bench.connect();
    const timestamp = String(Date.now());
    await redis
      .multi()
      .hset(`${KEY}:apply-c1-aaaaaa-1`, { name: 'apply', timestamp, delay: '0', priority: '0', ...fields })
      .lpush(`${KEY}:wait`, 'apply-c1-aaaaaa-1')
      .exec();
    const queue = changeQueue({ redis, cluster: 'c1' });
    const took: string[] = [];
    const log = { info: () => undefined, error: () => undefined };
    const worker = queueWorker({
      redis: bench.connect(),
      cluster: 'c1',
      work: async ({ id }) => void took.push(id),
      log,
    });
    worker.start();
    await queue.add('plan', 'c1-bbbbbb', 1);
    await vi.waitFor(() => expect(took).toEqual(['c1-bbbbbb']), PATIENT);
    // The one that was taken has to end, too.
    await vi.waitFor(
      async () => expect(await redis.exists(`${KEY}:apply-c1-aaaaaa-1`, `${KEY}:active`)).toBe(0),
      PATIENT,
    );
    await worker.close();
    await queue.close();
  });
});

describe('a job that is larger than any of ours', () => {
  let bench: Bench;
  const closing: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    bench = await redisBench();
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    await bench.close();
  });

  const JOB = 'apply-c1-aaaaaa-1';
  const plant = async (state: 'active' | 'wait', data: string, id = JOB) => {
    const fields = { name: 'apply', timestamp: String(Date.now()), delay: '0', priority: '0', opts: '{"attempts":1}' };
    await bench
      .connect()
      .multi()
      .hset(`${KEY}:${id}`, { ...fields, data })
      .lpush(`${KEY}:${state}`, id)
      .exec();
  };

  function worker() {
    const [took, logged] = [[] as string[], [] as string[]];
    const log = { info: () => undefined, error: (_details: object, says: string) => void logged.push(says) };
    const work = async ({ id }: { readonly id: string }) => void took.push(id);
    const one = queueWorker({ redis: bench.connect(), cluster: 'c1', work, log });
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    one.start();
    closing.push(
      () => one.close(),
      () => queue.close(),
    );
    return { took, logged, queue };
  }

  it('is not parsed when it is taken, and does not stay in Redis', async () => {
    const { took, logged, queue } = worker();
    await queue.add('plan', 'c1-bbbbbb', 1);
    await vi.waitFor(() => expect(took).toEqual(['c1-bbbbbb']), PATIENT);
    // The parser would report the missing end.
    await plant('wait', `{"kind":"apply","id":"c1-aaaaaa","more":"${'x'.repeat(8 * MIB)}`);
    await queue.add('plan', 'c1-cccccc', 1);
    await vi.waitFor(() => expect(took).toContain('c1-cccccc'), PATIENT);
    await vi.waitFor(async () => expect(await bench.connect().exists(`${KEY}:${JOB}`)).toBe(0), PATIENT);
    expect(logged).toEqual(['Job failed']);
  });

  it('is removed before the worker reads the queue, so that it cannot kill each start', async () => {
    const valid = JSON.stringify({ kind: 'apply', id: 'c1-aaaaaa' });
    await plant('active', `${valid}${' '.repeat(MIB)}`);
    await plant('wait', valid, 'x'.repeat(MIB));
    await plant('wait', valid.replace('aaaaaa', 'bbbbbb'), 'apply-c1-bbbbbb-1');
    const { took, logged } = worker();
    await vi.waitFor(() => expect(took).toEqual(['c1-bbbbbb']), PATIENT);
    expect(await bench.connect().exists(`${KEY}:${JOB}`, `${KEY}:${'x'.repeat(MIB)}`)).toBe(0);
    expect(logged).toEqual(['Jobs that no bot can have written removed; find out who writes to Redis']);
  });

  it('has an ID that a card does not read', async () => {
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    closing.push(() => queue.close());
    await queue.add('plan', 'c1-aaaaaa', 1);
    await bench.connect().lpush(`${KEY}:wait`, ...['x', 'y', 'z'].map((one) => one.repeat(MIB)));
    const redis = bench.connect();
    const before = await bytesOut(redis);
    expect(await queue.ahead('c1-aaaaaa')).toEqual([]);
    expect((await bytesOut(redis)) - before).toBeLessThan(MIB);
  });
});

const bytesOut = async (redis: Redis): Promise<number> =>
  Number(/total_net_output_bytes:(\d+)/.exec(await redis.info('stats'))?.[1]);
