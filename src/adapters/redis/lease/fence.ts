import type { Redis } from 'ioredis';
import { z } from 'zod';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { LockLost } from './lock-watch.ts';
import { TAKE } from './worker-scripts.ts';

/** A fencing token, which grows each time a worker takes a job; a worker with an older token has lost its lock to another. */
export type Fence = number;

/** Takes the next fencing token for the holder of a job's lock. Throws LockLost when another worker holds the lock. */
export async function takeFence(redis: Redis, cluster: string, lock: string, token: string): Promise<Fence> {
  const { fence } = clusterKeys(cluster);
  const taken = z.int().parse(await runScript(redis, TAKE, [lock, fence], token));
  if (taken === 0) throw new LockLost();
  return taken;
}
