import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from '../../../domain/text/error-code.ts';
import { JournalLocked, journalUnusable } from './failures.ts';

/** A lock, held until it is released or the process ends. */
export interface FileLock {
  release(): Promise<void>;
}

/** Takes the flock(2) of `<path>.lock`, also across containers. The kernel releases it when the process ends; the file stays. */
export async function takeLock(path: string): Promise<FileLock> {
  const file = await open(`${path}.lock`, 'a+', 0o600);
  try {
    if (!(await lockedWith('-x', path, file))) throw new JournalLocked(path, await holderIn(file));
    await file.truncate();
    await file.write(`${process.pid}\n`);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { release: () => file.close() };
}

/**
 * Whether a process has the lock, and so the journal open. It is asked for with a shared lock that is given back at once: a worker that
 * starts in that moment tries again a second later. Nothing is created or written.
 */
export async function isLocked(path: string): Promise<boolean> {
  const file = await open(`${path}.lock`).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return false;
  try {
    return !(await lockedWith('-s', path, file));
  } finally {
    await file.close();
  }
}

/** Node has no flock(2), so flock(1) locks the inherited open file; the lock remains when flock(1) ends. */
async function lockedWith(how: '-x' | '-s', path: string, file: FileHandle): Promise<boolean> {
  const child = spawn('flock', [how, '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
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
