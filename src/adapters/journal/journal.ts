import type { FileHandle } from 'node:fs/promises';
import type { ChangeEvent, ChangeId } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import type { Journal } from '../../ports.ts';
import { JournalDamaged, JournalUnusable } from './failures.ts';
import { openPrivateFile, privateFolder, setAside } from './file.ts';
import type { Span } from './journal-index.ts';
import { digestOf, lineFrom, lineText } from './line.ts';
import { type FileLock, takeLock } from './lock.ts';
import { type Acknowledged, reopened } from './reopen.ts';
import { type VerifiedJournal, verifyJournal } from './verify.ts';

export { JournalDamaged, JournalLocked, JournalUnusable } from './failures.ts';

/** A journal that this process has taken. */
export interface OpenJournal extends Journal {
  /** Why it cannot be written, in sentences, or null. One that could not be written is tried again, and goes on where it was. */
  trouble(): Promise<string | null>;
  close(): Promise<void>;
}

/** Where the journal is. */
export interface JournalOptions {
  readonly path: string;
}

/**
 * Opens the worker's journal, or begins one: locks it, checks every line against the one before, and sets a last line that was
 * never finished aside. Throws JournalDamaged, JournalLocked or JournalUnusable.
 */
export async function openJournal({ path }: JournalOptions): Promise<OpenJournal> {
  try {
    await privateFolder(path);
    return await openLocked(path, await takeLock(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    const says = error instanceof Error ? error.message : String(error);
    const next = 'Give the worker’s user the folder and the file, and see that the disk has room and is sound.';
    throw new JournalUnusable(path, `The journal cannot be opened: ${says}.`, next, { cause: error });
  }
}

async function openLocked(path: string, lock: FileLock): Promise<FileJournal> {
  try {
    const file = await openPrivateFile(path);
    try {
      const found = verifyJournal(path, await file.readFile());
      await setAside(path, file, found.bytes, found.torn);
      return new FileJournal({ path, file, lock, found });
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Opened {
  readonly path: string;
  readonly file: FileHandle;
  readonly lock: FileLock;
  readonly found: VerifiedJournal;
}

class FileJournal implements OpenJournal {
  readonly #opened: Opened;
  #file: FileHandle;
  #end: Acknowledged;
  #turn: Promise<unknown> = Promise.resolve();
  #broken: unknown;
  /** Bytes that there was no room for. */
  #wanted = 0;
  #closed = false;

  constructor(opened: Opened) {
    this.#opened = opened;
    this.#file = opened.file;
    this.#end = opened.found;
  }

  append(id: ChangeId, event: ChangeEvent): Promise<void> {
    return this.#inTurn(() => this.#append(id, event));
  }

  async events(id: ChangeId): Promise<readonly ChangeEvent[]> {
    return await this.#inTurn(() => Promise.all(this.#opened.found.index.spans(id).map((span) => this.#read(span))));
  }

  async hasNonce(nonce: string): Promise<boolean> {
    return this.#opened.found.index.hasNonce(nonce);
  }

  async startedSince(id: ChangeId): Promise<readonly ChangeId[]> {
    return this.#opened.found.index.startedSince(id);
  }

  trouble(): Promise<string | null> {
    return this.#afterThat(() => this.#mend());
  }

  /** Waits for what is being written, then gives file and lock back. */
  close(): Promise<void> {
    return this.#afterThat(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#file.close();
      await this.#opened.lock.release();
    });
  }

  async #mend(): Promise<string | null> {
    if (this.#closed || this.#broken === undefined) return null;
    try {
      const broken = this.#file;
      this.#file = await reopened(this.#opened.path, this.#end, this.#wanted);
      this.#broken = undefined;
      await broken.close();
      return null;
    } catch (error) {
      this.#broken = error;
      const { what, next } = this.#unusable().report();
      return `${what} ${next}`;
    }
  }

  async #append(change: ChangeId, event: ChangeEvent): Promise<void> {
    const { lines, last, bytes } = this.#end;
    const text = lineText({ seq: lines + 1, prev: last, change, event });
    const line = Buffer.from(`${text}\n`);
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (error) {
      // What is on disk now is not known; mending it finds out.
      this.#broken = error;
      this.#wanted = line.length;
      throw this.#unusable();
    }
    this.#end = { lines: lines + 1, last: digestOf(text), bytes: bytes + line.length };
    this.#opened.found.index.note({ change, event }, { from: bytes, bytes: line.length - 1 });
  }

  async #read({ from, bytes }: Span): Promise<ChangeEvent> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(bytes), 0, bytes, from);
    const line = lineFrom(buffer.toString('utf8', 0, bytesRead));
    if (typeof line !== 'string') return line.event;
    throw new JournalDamaged(
      this.#opened.path,
      await this.#lineAt(from),
      `was changed while it was in use: it ${line}`,
    );
  }

  /** Number of the line that begins at this byte. */
  async #lineAt(from: number): Promise<number> {
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(from), 0, from, 0);
    return buffer.subarray(0, bytesRead).filter((byte) => byte === 0x0a).length + 1;
  }

  /** One after the other, so that each line follows from the one before. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    return this.#afterThat(() => {
      if (this.#closed || this.#broken !== undefined) throw this.#unusable();
      return act();
    });
  }

  #afterThat<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #unusable(): JournalUnusable {
    const { path } = this.#opened;
    if (this.#broken instanceof JournalDamaged) {
      const { what, next } = this.#broken.report();
      return new JournalUnusable(path, what, next, { cause: this.#broken });
    }
    if (this.#closed) return new JournalUnusable(path, 'The journal is closed.', 'Start the worker again.');
    const says = this.#broken instanceof Error ? this.#broken.message : String(this.#broken);
    const what = `The journal ${path} cannot be written, so nothing is done: ${says}.`;
    const next = 'Make room on the bootstrap node’s disk or mend it; the worker goes on by itself.';
    return new JournalUnusable(path, what, next, { cause: this.#broken });
  }
}
