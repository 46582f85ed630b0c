import { readFile } from 'node:fs/promises';
import { JournalUnusable } from './failures.ts';
import { type JournalLine, lineFrom } from './line.ts';
import { verifyJournal } from './verify.ts';

/** A journal as a person reads it, also while the worker writes it. */
export interface ReadJournal {
  readonly lines: readonly JournalLine[];
  /** SHA-256 of the last line: who has noted it elsewhere can prove that nothing before it was changed. */
  readonly head: string;
  /** Bytes of a last line that is not finished: being written just now, or left by a crash. */
  readonly unfinished: number;
}

/** Reads and checks a journal without taking it from the worker. Throws JournalDamaged or JournalUnusable. */
export async function readJournal(path: string): Promise<ReadJournal> {
  const content = await contentOf(path);
  const { bytes, last, torn } = verifyJournal(path, content);
  const texts = content.toString('utf8', 0, bytes).split('\n').slice(0, -1);
  const lines = texts.map(lineFrom).filter((line): line is JournalLine => typeof line !== 'string');
  return { lines, head: last, unfinished: torn.length };
}

async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const says = cause instanceof Error ? cause.message : String(cause);
    throw new JournalUnusable(
      path,
      `The journal cannot be read: ${says}.`,
      'Name the file with --file, as a user who may read it.',
      { cause },
    );
  }
}
