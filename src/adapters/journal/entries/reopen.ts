import type { FileHandle } from 'node:fs/promises';
import { journalDamaged } from '../file/failures.ts';
import { openPrivateFile } from '../file/file.ts';
import { verifyJournal } from './verify.ts';

/** The journal as far as it was acknowledged. */
export interface Acknowledged {
  readonly lines: number;
  readonly last: string;
  readonly bytes: number;
}

/** Most lines are smaller; a disk that has no room for this much is full. */
const LEAST_BYTES = 4096;

/**
 * Opens the file anew after a write failed, as it was before that write: what stands behind the acknowledged lines was never told
 * to anybody. Throws while there is still no room for what could not be written, and `journal-damaged` when the acknowledged lines are not there.
 */
export async function reopened(path: string, known: Acknowledged, wanted: number): Promise<FileHandle> {
  const file = await openPrivateFile(path);
  try {
    const content = await file.readFile();
    const { last, bytes } = verifyJournal(path, content.subarray(0, known.bytes));
    if (last !== known.last || bytes !== known.bytes)
      throw journalDamaged(path, known.lines, 'was written, but is missing');
    await file.truncate(known.bytes);
    // Zeros are no line: should this process die here, the next one sets them aside.
    await file.appendFile(Buffer.alloc(Math.max(wanted, LEAST_BYTES)));
    await file.datasync();
    await file.truncate(known.bytes);
    await file.datasync();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
