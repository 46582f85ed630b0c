import { JournalDamaged } from './failures.ts';
import { JournalIndex } from './journal-index.ts';
import { digestOf, isJson, lineFrom, NO_LINE } from './line.ts';

/** A journal as it was found: its index, where the next line goes, and what of a last line was never finished. */
export interface VerifiedJournal {
  readonly index: JournalIndex;
  readonly lines: number;
  /** Digest of the last line. */
  readonly last: string;
  /** Bytes of whole lines. */
  readonly bytes: number;
  /** What stands behind them: never acknowledged, since a line counts only when it is on disk with its newline. */
  readonly torn: Buffer;
}

const NEWLINE = 0x0a;

/** Checks the chain of every line; throws JournalDamaged unless at most the end of the last write is missing. */
export function verifyJournal(path: string, content: Buffer): VerifiedJournal {
  const index = new JournalIndex();
  let [from, lines, last] = [0, 0, NO_LINE];
  for (;;) {
    const end = content.indexOf(NEWLINE, from);
    const text = end < 0 ? '' : content.toString('utf8', from, end);
    if (end < 0 || (end === content.length - 1 && !isJson(text))) break;
    const line = lineFrom(text);
    if (typeof line === 'string') throw new JournalDamaged(path, lines + 1, line);
    refuseBrokenChain(path, lines + 1, line, last);
    index.note(line, { from, bytes: end - from });
    [from, lines, last] = [end + 1, lines + 1, digestOf(content.subarray(from, end))];
  }
  return { index, lines, last, bytes: from, torn: content.subarray(from) };
}

function refuseBrokenChain(path: string, n: number, line: { seq: number; prev: string }, last: string): void {
  if (line.seq !== n) throw new JournalDamaged(path, n, `has the number ${line.seq}: a line is missing or was added`);
  if (line.prev !== last)
    throw new JournalDamaged(path, n, 'does not follow from the line before: one of them was changed');
}
