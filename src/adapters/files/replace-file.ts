import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file atomically and sets its mode. After a crash it has the old or the new content, durable on return. */
export async function replaceFile(path: string, content: string, mode = 0o600): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeNewFile(draft, content, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(path);
}

/** Creates a file. Its content is on disk when it resolves, its name only after `syncFolder`. */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array | AsyncIterable<string>,
  mode = 0o600,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The umask may have removed bits.
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Syncs the folder of this path, so that new names survive a crash. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
