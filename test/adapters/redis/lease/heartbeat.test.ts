import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { workerState } from '../../../../src/domain/cluster/worker-state.ts';
import { type Bench, redisBench } from '../server.ts';

describe('the heartbeat of a worker in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  it('shows since when the worker is silent', async () => {
    const redis = bench.connect();
    const life = redisHeartbeat({ redis, cluster: 'c1' });
    expect(workerState(await life.seen())).toEqual({ is: 'silent', since: null });
    await life.beat(null);
    expect(workerState(await life.seen())).toEqual({ is: 'there' });
    await redis.hincrby('mk8s:c1:worker', 'heard', -16_000);
    const seen = await life.seen();
    expect(seen?.silentMs).toBeGreaterThanOrEqual(16_000);
    expect(workerState(seen)).toEqual({ is: 'silent', since: seen?.heardAt });
  });

  it('shows the worker’s trouble until it ends', async () => {
    const life = redisHeartbeat({ redis: bench.connect(), cluster: 'c2' });
    await life.beat('The disk is full.');
    expect(workerState(await life.seen())).toEqual({ is: 'hindered', says: 'The disk is full.' });
    await life.beat(null);
    expect(workerState(await life.seen())).toEqual({ is: 'there' });
  });
});
