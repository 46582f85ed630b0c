import type { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { redisBench } from '../server.ts';

const SIZE = { hash: 'hlen', set: 'scard', zset: 'zcard', list: 'llen', stream: 'xlen' } as const;

/** Every key with the number of its members. */
async function sizes(redis: Redis): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const key of (await redis.keys('*')).toSorted()) {
    const type = await redis.type(key);
    const how = Object.entries(SIZE).find(([name]) => name === type)?.[1];
    found[key] = how === undefined ? 1 : await redis[how](key);
  }
  // BullMQ's own mark of its last check, which expires.
  delete found['mk8s:c1:changes:stalled-check'];
  return found;
}

it('keeps no more in Redis after twenty starts of bot and worker than after one', { timeout: 180_000 }, async () => {
  const bench = await redisBench();
  const pair = newKeyPair();
  const quiet = { info: () => undefined, error: () => undefined };
  async function start(): Promise<void> {
    const redis = bench.connect();
    const queue = changeQueue({ redis, cluster: 'c1' });
    const worker = queueWorker({ redis, cluster: 'c1', work: async () => undefined, log: quiet });
    await redisHeartbeat({ redis, cluster: 'c1', clock: systemClock, proof: proofOf('heartbeat', pair, [pair]) }).beat({
      trouble: null,
      nodes: null,
      who: { id: 'a', name: 'bootstrap (process 7)' },
    });
    worker.start();
    await vi.waitFor(() => expect(worker.alive()).toBe(true), PATIENT);
    await worker.close();
    await queue.close();
  }
  try {
    await start();
    const once = await sizes(bench.connect());
    expect(Object.keys(once)).toContain('mk8s:c1:worker');
    for (let n = 2; n <= 20; n += 1) await start();
    expect(await sizes(bench.connect())).toEqual(once);
  } finally {
    await bench.close();
  }
});
