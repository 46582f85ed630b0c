import type { FileHandle } from 'node:fs/promises';
import { journalDamaged } from '../file/failures.ts';
import { openPrivateFile } from '../file/file.ts';
import { type VerifiedJournal, verifyJournal } from './verify.ts';

/** Larger than most lines; a disk without room for this counts as full. */
const LEAST_BYTES = 4096;

/**
 * Reopens the file after a failed write and drops everything after the acknowledged lines, which nobody has seen. Throws while the
 * disk has no room for the failed write, and `journal-damaged` when acknowledged lines are missing.
 */
export async function reopened(
  path: string,
  known: Pick<VerifiedJournal, 'lines' | 'last' | 'bytes'>,
  wanted: number,
): Promise<FileHandle> {
  const file = await openPrivateFile(path);
  try {
    const content = await file.readFile();
    const { last, bytes } = verifyJournal(path, content.subarray(0, known.bytes));
    if (last !== known.last || bytes !== known.bytes)
      throw journalDamaged(path, known.lines, 'was written, but is missing');
    await file.truncate(known.bytes);
    // If the process dies here, the next one sets the zeros aside, because they are not a line.
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
