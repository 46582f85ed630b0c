import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../../domain/text/error-code.ts';
import { JournalLocked, journalUnusable } from './failures.ts';

/** Who holds a lock: a process, told from another one that got the same pid later. null when it was given back. */
const holderSchema = z.strictObject({ pid: z.int().positive(), started: z.string(), boot: z.string() }).nullable();
type Holder = z.infer<typeof holderSchema>;

/** A lock that is held until it is given back or the process ends. */
export interface FileLock {
  release(): Promise<void>;
}

const ATTEMPTS = 20;

/**
 * Takes `<path>.lock.<n>`. Node has no flock, and a plain lock file would either stay after a crash or be taken over by two at
 * once; so each taking makes the next number with link(2), which only one can do, and the highest number holds. Numbers never go
 * down: a lock that is given back stays as an empty one. Needs /proc, and workers that see each other's processes.
 */
export async function takeLock(path: string): Promise<FileLock> {
  const me = await currentHolder();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const highest = (await numbers(path)).at(-1) ?? 0;
    const holder = await holderOf(path, highest);
    if (holder !== null && (await isAlive(holder))) throw new JournalLocked(path, holder.pid);
    if (await taken(path, highest + 1, me)) return { release: () => write(path, highest + 1, null, rename) };
  }
  throw journalUnusable(path, 'Its lock changes all the time.', 'Run one worker only.');
}

/** Makes this number's lock, unless somebody else did, or got further meanwhile. */
async function taken(path: string, n: number, me: Holder): Promise<boolean> {
  try {
    await write(path, n, me, link);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  const all = await numbers(path);
  const outdated = all.at(-1) === n ? all.slice(0, -1) : [n];
  await Promise.all(outdated.map((old) => rm(lockPath(path, old), { force: true })));
  return all.at(-1) === n;
}

/** Writes the lock in one step, so that nobody ever reads half of it. */
async function write(path: string, n: number, holder: Holder, put: typeof link | typeof rename): Promise<void> {
  const draft = `${path}.lock-${randomUUID()}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  try {
    await put(draft, lockPath(path, n));
  } finally {
    await rm(draft, { force: true });
  }
}

async function numbers(path: string): Promise<readonly number[]> {
  const prefix = `${basename(path)}.lock.`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  return names
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isSafeInteger)
    .toSorted((a, b) => a - b);
}

async function holderOf(path: string, n: number): Promise<Holder> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(lockPath(path, n), 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    const what = `Its lock ${lockPath(path, n)} cannot be read.`;
    throw journalUnusable(path, what, 'If no worker runs on this node, remove that file.', { cause: error });
  }
}

async function currentHolder(): Promise<Holder> {
  const started = await startOf(process.pid);
  if (started === null) throw new Error('/proc does not show this process, so the journal cannot be locked.');
  return { pid: process.pid, started, boot: await bootId() };
}

async function isAlive(holder: NonNullable<Holder>): Promise<boolean> {
  return holder.boot === (await bootId()) && holder.started === (await startOf(holder.pid));
}

/** Start time of a process in clock ticks since boot (field 22 of proc_pid_stat(5)); null when it is gone or a zombie. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces and parentheses itself; field 3 is the first one behind the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return null;
    throw error;
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

const lockPath = (path: string, n: number): string => join(dirname(path), `${basename(path)}.lock.${n}`);
