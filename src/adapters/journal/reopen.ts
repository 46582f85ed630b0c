import { randomUUID } from 'node:crypto';
import { type FileHandle, rm, writeFile } from 'node:fs/promises';
import { JournalDamaged } from './failures.ts';
import { openPrivateFile } from './file.ts';
import { verifyJournal } from './verify.ts';

/** The journal as far as it was acknowledged. */
export interface Acknowledged {
  readonly lines: number;
  readonly last: string;
  readonly bytes: number;
}

/** A line is smaller but for plans; a disk that has no room for this much is full. */
const PROBE_BYTES = 4096;

/**
 * Opens the file anew after a write failed, as it was before that write: what stands behind the acknowledged lines was never told
 * to anybody. Throws while the disk still cannot be written, and JournalDamaged when the acknowledged lines are not there.
 */
export async function reopened(path: string, known: Acknowledged): Promise<FileHandle> {
  const file = await openPrivateFile(path);
  try {
    const content = await file.readFile();
    const { last, bytes } = verifyJournal(path, content.subarray(0, known.bytes));
    if (last !== known.last || bytes !== known.bytes)
      throw new JournalDamaged(path, known.lines, 'was there, and is not any more');
    await file.truncate(known.bytes);
    await file.datasync();
    await refuseFullDisk(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function refuseFullDisk(path: string): Promise<void> {
  const probe = `${path}.probe-${randomUUID()}`;
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flag: 'wx', flush: true });
  } finally {
    await rm(probe, { force: true });
  }
}
