import type { Redis } from 'ioredis';
import { jsonIn } from '../../../domain/text/json.ts';
import { ask } from '../server/failures.ts';
import { clusterPrefix } from '../server/keys.ts';
import { QUEUE } from './queue-jobs.ts';

/**
 * Takes jobs out of a cluster's queue that were taken for work and are no JSON; gives their ids. BullMQ fails on one before anybody
 * could give it up, and it would hold the only place of the queue until its lock has ended fifty times.
 */
export async function dropUnreadableJobs(redis: Redis, cluster: string): Promise<readonly string[]> {
  const queue = `${clusterPrefix(cluster)}:${QUEUE}`;
  const dropped: string[] = [];
  for (const id of await ask(redis.lrange(`${queue}:active`, 0, -1))) {
    const [data, options] = await ask(redis.hmget(`${queue}:${id}`, 'data', 'opts'));
    if (isJson(data ?? '{}') && isJson(options ?? '{}')) continue;
    await ask(redis.multi().lrem(`${queue}:active`, 0, id).del(`${queue}:${id}`, `${queue}:${id}:lock`).exec());
    dropped.push(id);
  }
  return dropped;
}

/** Whatever is wrong with it, BullMQ cannot read it either. */
const isJson = (text: string): boolean => jsonIn(text) !== undefined;
