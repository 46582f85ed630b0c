import { chmod, link, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../../domain/text/error-code.ts';
import { syncFolder, writeNewFile } from '../../files/replace-file.ts';

/** Older files are named `<path>.000001` and so on, and are read-only. */
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

/** The name of the current file after the next rotation. */
export async function nextOlderFile(path: string): Promise<string> {
  const newest = (await olderFiles(path)).at(-1);
  const n = newest === undefined ? 1 : Number(newest.slice(-6)) + 1;
  return `${path}.${String(n).padStart(6, '0')}`;
}

const draftOf = (path: string): string => `${path}.next`;

/** The steps of a rotation. After a crash between steps, the journal's name leads to a whole file and no file is lost. */
export function exchangeSteps(
  path: string,
  older: string,
  content: AsyncIterable<string>,
): readonly (() => Promise<void>)[] {
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

/** Cleans up an interrupted rotation, which takes effect only when the journal's name has moved. */
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

/** Limits for older files; without limits nothing is removed. */
export interface Retention {
  readonly keepMs?: number;
  /** Of all older files together. */
  readonly keepBytes?: number;
}

/** Removes older files, the oldest first. They contain nothing that the worker still needs. */
export async function removeOutdated(path: string, { keepMs, keepBytes }: Retention, now: Date): Promise<void> {
  const older = await olderFiles(path);
  const found = (await Promise.all(older.map((file) => sizeAndAge(file, now)))).flat();
  let bytes = found.reduce((sum, { size }) => sum + size, 0);
  for (const { file, size, ageMs } of found) {
    if (!((keepBytes !== undefined && bytes > keepBytes) || (keepMs !== undefined && ageMs > keepMs))) return;
    await rm(file, { force: true });
    bytes -= size;
  }
}

/** Empty if the file has gone: others may tidy up here, too. */
async function sizeAndAge(file: string, now: Date): Promise<readonly { file: string; size: number; ageMs: number }[]> {
  try {
    const { size, mtimeMs } = await stat(file);
    return [{ file, size, ageMs: now.getTime() - mtimeMs }];
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw cause;
  }
}

/** False when one of them does not exist. */
async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)].map((look) => look.catch(() => null)));
  return a !== null && b !== null && a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
