import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PlainFailure } from '../../../domain/answers/failure.ts';
import type { AuditEntry } from '../../../domain/change/audit.ts';
import { endsChange } from '../../../domain/change/effect.ts';
import type { HeadChecker, JournalMark } from '../../../domain/change/record-entry.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { journalDamaged, journalUnusable } from '../file/failures.ts';
import { olderFiles } from '../file/files.ts';
import { type JournalLine, type NewerLine, NO_LINE } from '../file/line.ts';
import { type VerifiedJournal, verifyJournal } from './verify.ts';

/** A whole journal, readable while the worker writes it. */
export interface ReadJournal {
  /** Each event once, although open changes are copied into new files. */
  readonly events: readonly AuditEntry[];
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
  /** Number of the first end of a change that no seal covers; 0 when there is none. */
  readonly unsealedEnd: number;
  /** Keys of seals that could not be checked. */
  readonly unknownKeys: readonly string[];
  /** Bytes of an unfinished last line, which is being written or was left by a crash. */
  readonly unfinished: number;
}

/** The worker may rotate the journal during a read. */
const TRIES = 5;

/** Reads and verifies all files of a journal without locking it. Throws `journal-damaged` or `journal-unusable`. */
export async function readJournal(path: string, checker?: HeadChecker): Promise<ReadJournal> {
  const contents = await contentsOf(path);
  const reader = new Reader(checker);
  for (const [file, content] of contents) reader.read(file, content);
  return reader.result();
}

class Reader {
  readonly #checker: HeadChecker | undefined;
  readonly #events: AuditEntry[] = [];
  readonly #newer: NewerLine[] = [];
  readonly #hashes = new Map<string, number>();
  readonly #seen = { files: 0, first: 0, seals: 0, sealed: 0, unsealedEnd: 0 };
  readonly #unknownKeys = new Set<string>();
  readonly #reported = new Set<number>();
  #last: VerifiedJournal | undefined;

  constructor(checker: HeadChecker | undefined) {
    this.#checker = checker;
  }

  read(path: string, content: Buffer): void {
    const before = this.#last;
    let first: JournalLine | NewerLine | undefined;
    this.#last = verifyJournal(path, content, {
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
      events: this.#events,
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
    if (!('event' in line)) return;
    const { change, event, carried } = line;
    if (endsChange(event) && this.#seen.unsealedEnd === 0) this.#seen.unsealedEnd = line.seq;
    if (carried !== undefined) this.#refuseFalseCopy(path, line.seq, carried);
    const mark = carried ?? { line: line.seq, hash };
    // Of a carried event, only the first remaining copy is reported.
    if (this.#reported.has(mark.line)) return;
    this.#reported.add(mark.line);
    this.#events.push({ change, event, ...mark });
  }

  #refuseFalseCopy(path: string, n: number, { line, hash }: JournalMark): void {
    if (line < this.#seen.first || this.#hashes.get(hash) === line) return;
    throw journalDamaged(path, n, `claims to be a copy of line ${line}, but differs from it`);
  }
}

/** Contents of all files in order; read again when the worker rotates them meanwhile. */
async function contentsOf(path: string): Promise<readonly (readonly [string, Buffer])[]> {
  for (let tries = 1; ; tries += 1) {
    const older = await listed(path);
    const contents = await Promise.all(
      [...older, path].map(async (file) => [file, await contentOf(file, path)] as const),
    );
    const after = await listed(path);
    const isSame = older.join() === after.join() && contents.every(([, content]) => content !== null);
    if (isSame) return onceEach(contents.flatMap(([file, content]) => (content === null ? [] : [[file, content]])));
    if (tries === TRIES)
      throw journalUnusable(path, `The files beside ${basename(path)} keep changing.`, 'Run the command again.');
  }
}

/** During a rotation the journal's file has two names. */
function onceEach(contents: readonly (readonly [string, Buffer])[]): readonly (readonly [string, Buffer])[] {
  const [newest, own] = contents.slice(-2);
  const hasTwoNames = newest !== undefined && own !== undefined && newest[1].length > 0 && newest[1].equals(own[1]);
  return hasTwoNames ? contents.slice(0, -1) : contents;
}

async function listed(path: string): Promise<readonly string[]> {
  try {
    return await olderFiles(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** null for an older file that was removed after it was listed. */
async function contentOf(file: string, journal: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (file !== journal && codeOf(cause) === 'ENOENT') return null;
    throw unreadable(file, cause);
  }
}

function unreadable(path: string, cause: unknown): PlainFailure {
  const says = cause instanceof Error ? cause.message : String(cause);
  const next = 'Pass its path with `--file`, and run the command as a user who has permission to read it.';
  return journalUnusable(path, `The journal cannot be read: ${says}.`, next, { cause });
}
