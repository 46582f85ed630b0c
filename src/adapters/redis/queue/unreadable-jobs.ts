import type { Redis } from 'ioredis';
import { jsonIn } from '../../../domain/text/json.ts';
import { ask } from '../server/failures.ts';
import { clusterPrefix } from '../server/keys.ts';
import { QUEUE } from './queue-jobs.ts';

/** Removes active jobs with invalid JSON and returns their IDs; BullMQ would retry each until its lock has expired 50 times. */
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

/** BullMQ reads the same texts as JSON. */
const isJson = (text: string): boolean => jsonIn(text) !== undefined;
