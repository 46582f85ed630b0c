import { readFile } from 'node:fs/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { codeOf } from '../../../domain/text/error-code.ts';
import { replaceFile } from '../../files/replace-file.ts';

/**
 * Gives back what a worker that was killed still holds in Redis, so that its successor goes on at once instead of when the lock ends.
 * Its id stands in a file of the node's that only one worker at a time may write, so whoever had that id is dead.
 */
export async function handOverFromPredecessor(path: string, queue: Queue, redis: Redis): Promise<readonly string[]> {
  const predecessor = await idIn(path);
  if (predecessor === null) return [];
  const released: string[] = [];
  for (const job of await queue.getActive()) {
    if (job.id === undefined) continue;
    const token = await redis.get(`${queue.toKey(job.id)}:lock`);
    if (!token?.startsWith(`${predecessor}:`)) continue;
    await job.moveToWait(token);
    released.push(job.id);
  }
  return released;
}

/** Notes the id of the worker that takes jobs from now on. */
export const noteWorker = (path: string, id: string): Promise<void> => replaceFile(path, `${id}\n`);

async function idIn(path: string): Promise<string | null> {
  try {
    const id = (await readFile(path, 'utf8')).trim();
    return /^[0-9a-f-]{36}$/.test(id) ? id : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
