import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { JournalLocked, journalUnusable } from './failures.ts';

/** A lock that is held until it is given back or the process ends. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes the flock(2) of `<path>.lock`. It belongs to the file as this process has opened it, so the kernel gives it back however the
 * process ends; the file itself stays and means nothing. It holds between containers, too, as long as both see the same file.
 */
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

/** Node has no flock(2), so flock(1) takes it for the open file that it is given: what it has locked stays locked when it ends. */
async function isLocked(path: string, file: FileHandle): Promise<boolean> {
  const child = spawn('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
  const [code] = await once(child, 'exit').catch((cause: unknown) => {
    throw journalUnusable(path, 'The program flock cannot be run.', 'Install util-linux.', { cause });
  });
  if (code === 0 || code === 1) return code === 0;
  const next = 'Put the folder on a local disk with a file system that supports flock(2).';
  throw journalUnusable(path, `flock could not lock ${path}.lock.`, next);
}

/** The process that has the lock, as it has noted itself; null when it has not yet. For people only. */
async function holderIn(file: FileHandle): Promise<number | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
  const [pid] = /^\d+(?=\n)/.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
  return pid === undefined ? null : Number(pid);
}
