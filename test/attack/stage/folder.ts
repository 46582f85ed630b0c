import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../harness/stage/own-folder.ts';

/** The folder of an attack on one part, and the signal to stop. */
export interface Folder {
  readonly path: string;
  readonly signal: AbortSignal;
}

/** Gives an attack its own folder, and removes it afterwards. */
export async function inFolder<T>(signal: AbortSignal, use: (folder: Folder) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'registry-ha-attack-'));
  try {
    return await use({ path, signal });
  } finally {
    await removeFolder(path);
  }
}
