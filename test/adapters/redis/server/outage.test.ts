import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, clock, redisBench } from '../server.ts';

describe('during an outage of Redis', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await redisBench({ appendonly: true });
  });
  afterEach(async () => {
    await bench?.close();
  });

  const changesOf = () => redisChanges({ redis: bench.connect(), cluster: 'c1', proof: EVERY_ENTRY });

  it('loses nothing when Redis is killed', async () => {
    const changes = changesOf();
    await changes.append('c1-before', 0, events.requested('c1-before'));
    await bench.server.stop();
    const during = changes.append('c1-during', 0, events.requested('c1-during'));
    await bench.server.start();
    expect(await during).toBe(true);
    expect((await changes.get('c1-before'))?.version).toBe(1);
  });

  it('connects again even when ioredis has given up, and never after we have closed', async () => {
    const redis = bench.connect();
    await redis.ping();
    // What an attempt that is cut at the wrong moment leaves.
    redis.disconnect();
    await vi.waitFor(() => expect(redis.status).toBe('end'), PATIENT);
    await vi.waitFor(async () => expect(await redis.ping()).toBe('PONG'), PATIENT);
    await closeRedis(redis);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(redis.status).toBe('end');
  });

  it('reports an entry as failed when Redis hangs, and never writes it later', async () => {
    const changes = changesOf();
    expect(await changes.get('c1-frozen')).toBeNull();
    await bench.server.stop();
    await expect(changes.append('c1-frozen', 0, events.requested('c1-frozen'))).rejects.toMatchObject({
      kind: 'redis',
    });
    await bench.server.start();
    expect(await changesOf().get('c1-frozen')).toBeNull();
    await vi.waitFor(async () => expect(await changes.get('c1-frozen')).toBeNull(), PATIENT);
  });

  it('reports a claim as failed when Redis hangs, and can be closed', async () => {
    const redis = connectRedis({ url: bench.server.url, onError: () => undefined });
    await redis.ping();
    const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    bench.server.freeze(true);
    try {
      await expect(cards.claimReply('c1-frozen', 'done', 1_000)).rejects.toMatchObject({ kind: 'redis' });
      await closeRedis(redis);
      expect(redis.status).toBe('end');
    } finally {
      bench.server.freeze(false);
    }
  });
});
