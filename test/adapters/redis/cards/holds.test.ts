import { describe, expect, it } from 'vitest';
import { redisHolds } from '../../../../src/adapters/redis/cards/holds.ts';
import { clusterKeys } from '../../../../src/adapters/redis/server/keys.ts';
import { holdsContract } from '../../../contract/holds.contract.ts';
import { redisBench } from '../server.ts';

holdsContract('Redis', async () => {
  const bench = await redisBench();
  return { holds: redisHolds({ redis: bench.connect(), cluster: 'c1' }), close: bench.close };
});

describe('freezes and locks in Redis', () => {
  it('throw when they are unreadable, so that no change starts', async () => {
    const bench = await redisBench();
    try {
      const redis = bench.connect();
      const holds = redisHolds({ redis, cluster: 'c2' });
      const { holds: key } = clusterKeys('c2');
      const by = { id: 'U1', name: 'alice' };
      const lock = { verb: 'lock', node: 'node-2', by, at: '2026-03-01T10:00:00.000Z' };
      for (const [field, text] of [
        ['freeze', 'yes'],
        ['freeze', JSON.stringify(lock)],
        ['freeze', JSON.stringify({ ...lock, verb: 'freeze' })],
        ['lock:node-2', JSON.stringify({ ...lock, extra: 1 })],
        ['lock:node-2', JSON.stringify({ ...lock, verb: 'thaw' })],
      ] as const) {
        await redis.del(key);
        await redis.hset(key, field, text);
        await expect(holds.all(), text).rejects.toMatchObject({ kind: 'record' });
      }
      expect(await redisHolds({ redis, cluster: 'c3' }).all()).toEqual([]);
    } finally {
      await bench.close();
    }
  });
});
