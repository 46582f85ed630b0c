import { readFile } from 'node:fs/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { codeOf } from '../../../domain/text/error-code.ts';
import { replaceFile } from '../../files/replace-file.ts';

/**
 * Releases the jobs of a killed worker, so that its successor resumes at once instead of after the lock's expiry. The killed worker's
 * ID is in a file that only one worker at a time may write, so the previous owner of the file is dead.
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

/** Writes the ID of the current worker. */
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
