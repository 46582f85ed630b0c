import type { Redis } from 'ioredis';
import { z } from 'zod';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { LockLost } from './lock-watch.ts';
import { TAKE } from './worker-scripts.ts';

/**
 * A number that grows with each taking of a cluster's work. Whoever has an older one is a zombie: it was stopped, or cut off, for
 * longer than its lock lasts, and another worker has taken over.
 */
export type Fence = number;

/** Takes a cluster's work for who holds the lock of one of its jobs. Throws LockLost when somebody else does. */
export async function takeFence(redis: Redis, cluster: string, lock: string, token: string): Promise<Fence> {
  const { fence } = clusterKeys(cluster);
  const taken = z.int().parse(await runScript(redis, TAKE, [lock, fence], token));
  if (taken === 0) throw new LockLost();
  return taken;
}
