import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, redisBench } from '../server.ts';

const KEY = 'mk8s:c1:changes';

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
