import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { JournalLocked, journalUnusable } from './failures.ts';

/** A lock, held until it is released or the process ends. */
export interface FileLock {
  release(): Promise<void>;
}

/** Takes the flock(2) of `<path>.lock`, also across containers. The kernel releases it when the process ends; the file stays. */
export async function takeLock(path: string): Promise<FileLock> {
  const file = await open(`${path}.lock`, 'a+', 0o600);
  try {
    if (!(await isLocked(path, file))) throw new JournalLocked(path, await holderIn(file));
    await file.truncate();
    await file.write(`${process.pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { release: () => file.close() };
}

/** Node has no flock(2), so flock(1) locks the inherited open file; the lock remains when flock(1) ends. */
async function isLocked(path: string, file: FileHandle): Promise<boolean> {
  const child = spawn('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
  const [code] = await once(child, 'exit').catch((cause: unknown) => {
    throw journalUnusable(path, 'The program flock cannot be run.', 'Install util-linux.', { cause });
  });
  if (code === 0 || code === 1) return code === 0;
  const next = 'Put the folder on a local disk with a file system that supports flock(2).';
  throw journalUnusable(path, `flock could not lock ${path}.lock.`, next);
}

/** The PID that the lock's holder has written; null before that. For messages only. */
async function holderIn(file: FileHandle): Promise<number | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
  const [pid] = /^\d+(?=\n)/.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
  return pid === undefined ? null : Number(pid);
}
