import { chmod, link, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder, writeNewFile } from '../../files/replace-file.ts';

/** Older files stand beside the journal as `<path>.000001` and so on, and are only read. */
const READ_ONLY = 0o400;

/** Paths of the older files, oldest first. */
export async function olderFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  return names
    .filter((name) => /^\d{6}$/.test(name.slice(prefix.length)))
    .toSorted()
    .map((name) => join(dirname(path), name));
}

/** The name that the journal's file gets when a new one takes its place. */
export async function nextOlderFile(path: string): Promise<string> {
  const newest = (await olderFiles(path)).at(-1);
  const n = newest === undefined ? 1 : Number(newest.slice(-6)) + 1;
  return `${path}.${String(n).padStart(6, '0')}`;
}

const draftOf = (path: string): string => `${path}.next`;

/**
 * What exchanges the journal's file for a new one, step by step. Whatever step is the last one before a crash, the journal's own
 * name leads to a whole file, and the old one has a name as soon as it is not the journal any more.
 */
export function exchangeSteps(path: string, older: string, content: string): readonly (() => Promise<void>)[] {
  return [
    () => rm(draftOf(path), { force: true }),
    () => writeNewFile(draftOf(path), content),
    () => link(path, older),
    () => syncFolder(path),
    () => rename(draftOf(path), path),
    () => syncFolder(path),
    () => chmod(older, READ_ONLY),
  ];
}

/** Clears up after an exchange that did not come to its end: it counts as not begun until the journal's name has moved. */
export async function settleExchange(path: string): Promise<void> {
  await rm(draftOf(path), { force: true });
  const older = await olderFiles(path);
  const newest = older.at(-1);
  if (newest !== undefined && (await isSameFile(path, newest))) {
    await rm(newest);
    await syncFolder(path);
    return;
  }
  await Promise.all(older.map((file) => chmod(file, READ_ONLY)));
}

/** Which older files go. Both limits may be left out; then nothing does. */
export interface Retention {
  readonly keepMs?: number;
  /** Of all older files together. */
  readonly keepBytes?: number;
}

/** Removes older files, the oldest first, and gives their paths. Nothing that the worker still has to know is in them. */
export async function removeOutdated(path: string, { keepMs, keepBytes }: Retention, now: Date): Promise<void> {
  const older = await olderFiles(path);
  const found = await Promise.all(older.map(async (file) => ({ file, ...sizeAndAge(await stat(file), now) })));
  let bytes = found.reduce((sum, { size }) => sum + size, 0);
  for (const { file, size, ageMs } of found) {
    if (!((keepBytes !== undefined && bytes > keepBytes) || (keepMs !== undefined && ageMs > keepMs))) return;
    await rm(file);
    bytes -= size;
  }
}

const sizeAndAge = ({ size, mtimeMs }: { size: number; mtimeMs: number }, now: Date) => ({
  size,
  ageMs: now.getTime() - mtimeMs,
});

/** False when one of them is not there. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)].map((look) => look.catch(() => null)));
  return a !== null && b !== null && a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
