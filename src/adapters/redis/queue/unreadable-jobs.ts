import type { Redis } from 'ioredis';
import { z } from 'zod';
import { jsonIn } from '../../../domain/text/json.ts';
import { ask } from '../server/failures.ts';
import { clusterPrefix } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { LONGEST_JOB_ID, QUEUE, stateKeys } from './queue-jobs.ts';
import { DROP_LARGE } from './queue-scripts.ts';

/** BullMQ keeps five stack traces and the last error beside our 4 KiB. */
const MOST_BYTES = 256 * 1024;
/** BullMQ uses about twenty. */
const MOST_FIELDS = 100;
/** Jobs of one state that are measured. */
const MOST_MEASURED = 10_000;

const idsSchema = z.array(z.string());

/** Removes jobs that are larger than ours, without transferring them, and returns their IDs. */
export async function dropLargeJobs(redis: Redis, cluster: string): Promise<readonly string[]> {
  const limits = [MOST_BYTES, MOST_FIELDS, LONGEST_JOB_ID, MOST_MEASURED];
  const prefix = `${clusterPrefix(cluster)}:${QUEUE}:`;
  return idsSchema.parse(await runScript(redis, DROP_LARGE, stateKeys(cluster), prefix, ...limits));
}

/** Removes active jobs with invalid JSON and returns their IDs; BullMQ would retry each until its lock has expired 50 times. */
export async function dropUnreadableJobs(redis: Redis, cluster: string): Promise<readonly string[]> {
  const queue = `${clusterPrefix(cluster)}:${QUEUE}`;
  const dropped: string[] = [...(await dropLargeJobs(redis, cluster))];
  for (const id of await ask(redis.lrange(`${queue}:active`, 0, MOST_MEASURED))) {
    const [data, options] = await ask(redis.hmget(`${queue}:${id}`, 'data', 'opts'));
    if (isJson(data ?? '{}') && isJson(options ?? '{}')) continue;
    await ask(redis.multi().lrem(`${queue}:active`, 0, id).del(`${queue}:${id}`, `${queue}:${id}:lock`).exec());
    dropped.push(id);
  }
  return dropped;
}

/** BullMQ reads the same texts as JSON. */
const isJson = (text: string): boolean => jsonIn(text) !== undefined;
