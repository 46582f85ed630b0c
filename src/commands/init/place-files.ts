import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../domain/text/error-code.ts';
import type { Print } from '../explained.ts';

/** A file to write, with who may read it. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
  /** In octal. */
  readonly mode: number;
  /** User ID; without it, or without root, the file is this user's. */
  readonly owner?: number;
}

/** Writes files that are not there yet. A file that is there is never changed. */
export async function placeFiles(files: readonly NewFile[], print: Print): Promise<void> {
  for (const file of files) print(`${(await isPlaced(file)) ? 'written' : 'kept   '}  ${file.path}`);
}

async function isPlaced({ path, text, mode, owner }: NewFile): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { mode, flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  // Whatever the umask is.
  await chmod(path, mode);
  if (owner !== undefined && process.getuid?.() === 0) await chown(path, owner, 0);
  return true;
}

/** A new folder that only its owner can open; `owner` counts for root. A folder that is there is never changed. */
export async function placeSecretFolder(path: string, owner: number): Promise<void> {
  if ((await mkdir(path, { recursive: true, mode: 0o700 })) === undefined) return;
  await chmod(path, 0o700);
  if (process.getuid?.() === 0) await chown(path, owner, 0);
}

/** A folder that only root, or this user, can change. */
export async function placeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  await chmod(path, 0o755);
}
