import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where an attack on one part may write, and when it has to stop. */
export interface Folder {
  readonly path: string;
  readonly signal: AbortSignal;
}

/** Gives an attack a folder of its own, which is gone afterwards. */
export async function inFolder<T>(signal: AbortSignal, use: (folder: Folder) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'registry-ha-attack-'));
  try {
    return await use({ path, signal });
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}
