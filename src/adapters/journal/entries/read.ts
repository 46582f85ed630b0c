import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PlainFailure } from '../../../domain/answers/failure.ts';
import type { AuditEntry, ProofEntry } from '../../../domain/change/audit.ts';
import { endsChange } from '../../../domain/change/effect.ts';
import type { HeadChecker, JournalMark } from '../../../domain/change/record-entry.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { chunksOf } from '../file/chunks.ts';
import { journalDamaged, journalUnusable } from '../file/failures.ts';
import { olderFiles } from '../file/files.ts';
import { type JournalLine, type NewerLine, NO_LINE } from '../file/line.ts';
import { type VerifiedJournal, verifyJournal } from './verify.ts';

/** A whole journal, readable while the worker writes it. */
export interface ReadJournal {
  /** Lines of a newer version: part of the chain, with unknown content. */
  readonly newer: readonly NewerLine[];
  /** Line numbers by the line's digest. */
  readonly hashes: ReadonlyMap<string, number>;
  readonly files: number;
  /** Number of the first remaining line; 0 when there is none. */
  readonly first: number;
  /** The last line. Its hash, kept elsewhere, proves that no line before it was changed. */
  readonly head: JournalMark;
  readonly seals: number;
  /** Number of the last line that a seal covers; 0 when there is none. */
  readonly sealed: number;
  /** Number of the first end of a change, or proof, that no seal covers; 0 when there is none. */
  readonly unsealedEnd: number;
  /** Keys of seals that could not be checked. */
  readonly unknownKeys: readonly string[];
  /** Bytes of an unfinished last line, which is being written or was left by a crash. */
  readonly unfinished: number;
}

export interface JournalEvents {
  /** Each event once, although open changes are copied into new files. */
  readonly events: readonly AuditEntry[];
  /** The results of proofs outside of any change. */
  readonly proofs: readonly ProofEntry[];
}

/** The worker may rotate the journal during a read. */
const TRIES = 5;

/** Reads and verifies all files of a journal without locking it. Throws `journal-damaged` or `journal-unusable`. */
export async function readJournal(path: string, checker?: HeadChecker): Promise<ReadJournal & JournalEvents> {
  const [events, proofs]: [AuditEntry[], ProofEntry[]] = [[], []];
  const seen = {
    onEvent: (entry: AuditEntry) => events.push(entry),
    onProof: (entry: ProofEntry) => proofs.push(entry),
  };
  return { ...(await scanJournal(path, seen, checker)), events, proofs };
}

/** What to do with each entry of a journal, in the order of the lines. */
export interface JournalListener {
  readonly onEvent?: (entry: AuditEntry) => void;
  readonly onProof?: (entry: ProofEntry) => void;
}

/** The same for a journal that is larger than the memory: it keeps no entry, but calls the listener for each. */
export async function scanJournal(
  path: string,
  listener: JournalListener,
  checker?: HeadChecker,
): Promise<ReadJournal> {
  const files = await openFiles(path);
  try {
    const reader = new Reader(checker, listener);
    for (const { file, handle, size } of files.filter(isNewName)) await reader.read(file, chunksOf(handle, size));
    return reader.result();
  } finally {
    await closed(files);
  }
}

class Reader {
  readonly #checker: HeadChecker | undefined;
  readonly #listener: JournalListener;
  readonly #newer: NewerLine[] = [];
  readonly #hashes = new Map<string, number>();
  readonly #seen = { files: 0, first: 0, seals: 0, sealed: 0, unsealedEnd: 0 };
  readonly #unknownKeys = new Set<string>();
  readonly #reported = new Set<number>();
  #last: VerifiedJournal | undefined;

  constructor(checker: HeadChecker | undefined, listener: JournalListener) {
    this.#checker = checker;
    this.#listener = listener;
  }

  async read(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const before = this.#last;
    let first: JournalLine | NewerLine | undefined;
    this.#last = await verifyJournal(path, chunks, {
      ...(this.#checker === undefined ? {} : { checker: this.#checker }),
      onUnknownKey: (key) => void this.#unknownKeys.add(key),
      onLine: (line, hash) => {
        first ??= line;
        this.#note(path, line, hash);
      },
    });
    if (before !== undefined && first?.prev !== before.last)
      throw journalDamaged(path, first?.seq ?? 1, 'does not continue the older file: one of the two was changed');
    this.#seen.files += 1;
  }

  result(): ReadJournal {
    const { lines = 0, last = NO_LINE, torn } = this.#last ?? {};
    return {
      newer: this.#newer,
      hashes: this.#hashes,
      ...this.#seen,
      head: { line: lines, hash: last },
      unknownKeys: [...this.#unknownKeys],
      unfinished: torn?.length ?? 0,
    };
  }

  #note(path: string, line: JournalLine | NewerLine, hash: string): void {
    if (this.#seen.first === 0) this.#seen.first = line.seq;
    this.#hashes.set(hash, line.seq);
    if ('newer' in line) this.#newer.push(line);
    if ('seal' in line) {
      this.#seen.seals += 1;
      this.#seen.sealed = line.seq;
      this.#seen.unsealedEnd = 0;
    }
    if ('proof' in line) {
      if (this.#seen.unsealedEnd === 0) this.#seen.unsealedEnd = line.seq;
      this.#listener.onProof?.({ line: line.seq, hash, proof: line.proof });
    }
    if (!('event' in line)) return;
    const { change, event, carried } = line;
    if (endsChange(event) && this.#seen.unsealedEnd === 0) this.#seen.unsealedEnd = line.seq;
    if (carried !== undefined) this.#refuseFalseCopy(path, line.seq, carried);
    const mark = carried ?? { line: line.seq, hash };
    // Of a carried event, only the first remaining copy is reported.
    if (this.#reported.has(mark.line)) return;
    this.#reported.add(mark.line);
    this.#listener.onEvent?.({ change, event, ...mark });
  }

  #refuseFalseCopy(path: string, n: number, { line, hash }: JournalMark): void {
    if (line < this.#seen.first || this.#hashes.get(hash) === line) return;
    throw journalDamaged(path, n, `claims to be a copy of line ${line}, but differs from it`);
  }
}

/** An open file keeps its content when the worker renames or removes it. */
interface OpenFile {
  readonly file: string;
  readonly handle: FileHandle;
  readonly size: number;
  /** The same for two names of one file. */
  readonly inode: string;
}

/** All files in order; opened again when the worker rotates them meanwhile. */
async function openFiles(path: string): Promise<readonly OpenFile[]> {
  for (let tries = 1; ; tries += 1) {
    const older = await listed(path);
    const files: OpenFile[] = [];
    try {
      for (const file of [...older, path]) files.push(...(await opened(file, path)));
      const after = await listed(path);
      if (older.join() === after.join() && files.length === older.length + 1) return files;
    } catch (error) {
      await closed(files);
      throw error;
    }
    await closed(files);
    if (tries === TRIES)
      throw journalUnusable(path, `The files beside ${basename(path)} keep changing.`, 'Run the command again.');
  }
}

const closed = async (files: readonly OpenFile[]): Promise<void> => {
  for (const { handle } of files) await handle.close();
};

/** During a rotation the journal's file has two names. */
const isNewName = ({ inode }: OpenFile, at: number, all: readonly OpenFile[]): boolean =>
  all.findIndex((one) => one.inode === inode) === at;

async function listed(path: string): Promise<readonly string[]> {
  try {
    return await olderFiles(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Empty for an older file that was removed after it was listed. */
async function opened(file: string, journal: string): Promise<readonly OpenFile[]> {
  try {
    const handle = await open(file);
    const { size, dev, ino } = await handle.stat();
    return [{ file, handle, size, inode: `${dev}:${ino}` }];
  } catch (cause) {
    if (file !== journal && codeOf(cause) === 'ENOENT') return [];
    throw unreadable(file, cause);
  }
}

function unreadable(path: string, cause: unknown): PlainFailure {
  const says = cause instanceof Error ? cause.message : String(cause);
  const next = 'Pass its path with `--file`, and run the command as a user who has permission to read it.';
  return journalUnusable(path, `The journal cannot be read: ${says}.`, next, { cause });
}
