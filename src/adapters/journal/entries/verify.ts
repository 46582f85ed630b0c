import { endsChange } from '../../../domain/change/effect.ts';
import type { HeadChecker } from '../../../domain/change/record-entry.ts';
import { linesIn } from '../file/chunks.ts';
import { journalDamaged } from '../file/failures.ts';
import { digestOf, type JournalLine, lineFrom, type NewerLine, NO_LINE } from '../file/line.ts';
import { JournalIndex } from './journal-index.ts';

/** A verified journal file. */
export interface VerifiedJournal {
  readonly index: JournalIndex;
  /** Number of the last line; 0 for an empty file. */
  readonly lines: number;
  /** Digest of the last line. */
  readonly last: string;
  /** The first line that this version does not know. */
  readonly newer: NewerLine | undefined;
  /** Whether it ends with an unsealed end of a change, or with the unsealed start of a new file. */
  readonly needsSeal: boolean;
  /** Bytes of whole lines. */
  readonly bytes: number;
  /** Bytes after the whole lines, never acknowledged: a line counts only when it is on disk with its newline. */
  readonly torn: Buffer;
}

/** Options of a verification. */
export interface Verifying {
  readonly checker?: HeadChecker;
  readonly onLine?: (line: JournalLine | NewerLine, hash: string) => void;
  /** Called for a seal by an unknown key. */
  readonly onUnknownKey?: (key: string) => void;
}

/** Verifies chain and seals; throws `journal-damaged` unless only the end of the last write is missing. May start at any line. */
export async function verifyJournal(
  path: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  verifying: Verifying = {},
): Promise<VerifiedJournal> {
  const index = new JournalIndex();
  let [from, lines, last] = [0, 0, NO_LINE];
  let needsSeal = false;
  let newer: NewerLine | undefined;
  let torn: Buffer = Buffer.alloc(0);
  for await (const { content, whole } of linesIn(chunks)) {
    if (!whole) {
      torn = content;
      break;
    }
    const line = lineFrom(content.toString('utf8'));
    if (typeof line === 'string') throw journalDamaged(path, lines + 1, line);
    if (from === 0 && 'opens' in line) [lines, last] = [line.seq - 1, line.prev];
    refuseBrokenChain(path, lines + 1, line, last);
    refuseForgedSeal(path, line, verifying);
    const hash = digestOf(content);
    if ('newer' in line) newer ??= line;
    else index.note(line, { from, bytes: content.length }, hash);
    verifying.onLine?.(line, hash);
    needsSeal = wantsSeal(line);
    [from, lines, last] = [from + content.length + 1, lines + 1, hash];
  }
  return { index, lines, last, newer, needsSeal, bytes: from, torn };
}

const wantsSeal = (line: JournalLine | NewerLine): boolean =>
  'opens' in line || 'proof' in line || ('event' in line && (line.carried !== undefined || endsChange(line.event)));

function refuseBrokenChain(path: string, n: number, line: JournalLine | NewerLine, last: string): void {
  if (line.seq !== n) throw journalDamaged(path, n, `has the number ${line.seq}: a line is missing or was added`);
  if (line.prev !== last)
    throw journalDamaged(path, n, 'does not match the hash of the line before: one of the two was changed');
  if ('opens' in line && n > 1 && line.prev === NO_LINE)
    throw journalDamaged(path, n, 'starts a file without the hash of the line before');
}

function refuseForgedSeal(path: string, line: JournalLine | NewerLine, { checker, onUnknownKey }: Verifying): void {
  if (!('seal' in line)) return;
  const verdict = checker?.check({ line: line.seq - 1, hash: line.prev }, line.seal);
  if (verdict === 'unknown-key') onUnknownKey?.(line.seal.key);
  if (verdict === 'forged')
    throw journalDamaged(
      path,
      line.seq,
      'is a seal that does not match the lines before: the seal or a line was changed',
    );
}
