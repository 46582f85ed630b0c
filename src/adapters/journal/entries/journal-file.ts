import type { FileHandle } from 'node:fs/promises';
import type { ChangeId } from '../../../domain/change/change.ts';
import { clusterOf } from '../../../domain/change/change-id.ts';
import type { HeadChecker, JournalEntry, JournalMark } from '../../../domain/change/record-entry.ts';
import { chunksOf } from '../file/chunks.ts';
import { journalDamaged, journalNewer, journalOfAnother } from '../file/failures.ts';
import { openPrivateFile, setAside } from '../file/file.ts';
import { olderFiles } from '../file/files.ts';
import { digestOf, type JournalLine, lineFrom, lineText } from '../file/line.ts';
import type { JournalIndex, Place } from './journal-index.ts';
import { type VerifiedJournal, verifyJournal } from './verify.ts';

/** Larger than most lines; a disk without room for this counts as full. */
const LEAST_BYTES = 4096;

/** What a journal is checked against when it is opened. */
export interface JournalChecks {
  /** Checks earlier seals. */
  readonly checker?: HeadChecker;
  /** The cluster of its changes. */
  readonly cluster?: string;
}

/** The current journal file and the position of its next line. */
export class JournalFile {
  readonly #path: string;
  #file: FileHandle;
  readonly index: JournalIndex;
  /** Whether its end needed a seal when it was opened. */
  readonly needsSeal: boolean;
  #head: JournalMark;
  #bytes: number;
  /** Size of the last write, in bytes. */
  #wanted = 0;

  /** Use `openJournalFile`. */
  constructor(path: string, file: FileHandle, found: VerifiedJournal) {
    this.#path = path;
    this.#file = file;
    this.index = found.index;
    this.needsSeal = found.needsSeal;
    this.#head = { line: found.lines, hash: found.last };
    this.#bytes = found.bytes;
  }

  /** The last line; number 0 before the first one. */
  get head(): JournalMark {
    return this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Appends lines in one write. If this throws, the content on disk is unknown. */
  async write(lines: readonly JournalLine[]): Promise<void> {
    const texts = lines.map(lineText);
    const written = texts.map((text) => `${text}\n`).join('');
    this.#wanted = Buffer.byteLength(written);
    await this.#file.appendFile(written);
    await this.#file.datasync();
    for (const [n, line] of lines.entries()) this.#note(line, texts[n] ?? '');
  }

  /** Reopens the file after a failed write, without that write. Throws while the file cannot be written. */
  async recover(): Promise<void> {
    const broken = this.#file;
    const known = { lines: this.#head.line, last: this.#head.hash, bytes: this.#bytes };
    this.#file = await reopened(this.#path, known, this.#wanted);
    await broken.close();
  }

  async entries(id: ChangeId): Promise<readonly JournalEntry[]> {
    return await Promise.all(this.index.places(id).map((place) => entryAt(this.#path, this.#file, place)));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #note(line: JournalLine, text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#head = { line: line.seq, hash: digestOf(text) };
    this.index.note(line, { from: this.#bytes, bytes }, this.#head.hash);
    this.#bytes += bytes + 1;
  }
}

/** The event at a place of the file. Throws `journal-damaged` if another line is there now. */
export async function entryAt(path: string, file: FileHandle, { from, bytes, mark }: Place): Promise<JournalEntry> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, from);
  const line = lineFrom(buffer.toString('utf8', 0, bytesRead));
  if (typeof line !== 'string' && 'event' in line) return { event: line.event, mark };
  const what = typeof line === 'string' ? line : 'is another line now';
  throw journalDamaged(path, mark.line, `was changed while it was in use: it ${what}`);
}

/** Opens or creates the file, verifies it, and sets an unfinished last line aside. Throws `journal-damaged` or `journal-newer`. */
export async function openJournalFile(path: string, { checker, cluster }: JournalChecks): Promise<JournalFile> {
  const file = await openPrivateFile(path);
  try {
    const found = await verifyJournal(path, chunksOf(file), { ...(checker === undefined ? {} : { checker }) });
    if (found.newer !== undefined) throw journalNewer(path, found.newer.seq, found.newer.change);
    const foreign = cluster === undefined ? undefined : found.index.changes().find((id) => clusterOf(id) !== cluster);
    if (cluster !== undefined && foreign !== undefined) throw journalOfAnother(path, cluster, foreign);
    if (found.lines === 0 && (await olderFiles(path)).length > 0)
      throw journalDamaged(path, 1, 'is missing, but older files of this journal exist');
    await setAside(path, file, found.bytes, found.torn);
    return new JournalFile(path, file, found);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Reopens the file after a failed write and drops everything after the acknowledged lines, which nobody has seen. Throws while the
 * disk has no room for the failed write, and `journal-damaged` when acknowledged lines are missing.
 */
async function reopened(
  path: string,
  known: Pick<VerifiedJournal, 'lines' | 'last' | 'bytes'>,
  wanted: number,
): Promise<FileHandle> {
  const file = await openPrivateFile(path);
  try {
    const { last, bytes } = await verifyJournal(path, chunksOf(file, known.bytes));
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
