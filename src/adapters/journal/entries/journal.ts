import { Failure, isFailure, type PlainFailure } from '../../../domain/answers/failure.ts';
import type { ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { endsChange } from '../../../domain/change/effect.ts';
import type { HeadSealer, JournalEntry, JournalMark } from '../../../domain/change/record-entry.ts';
import type { ProofResult } from '../../../domain/cluster/proof-result.ts';
import { serialQueue } from '../../../flow/serial-queue.ts';
import type { Journal } from '../../../ports/record.ts';
import { journalUnusable } from '../file/failures.ts';
import { privateFolder } from '../file/file.ts';
import { exchangeSteps, nextOlderFile, removeOutdated, settleExchange } from '../file/files.ts';
import { digestOf, type JournalLine, lineText, type Said } from '../file/line.ts';
import { type FileLock, takeLock } from '../file/lock.ts';
import { type JournalChecks, type JournalFile, openJournalFile } from './journal-file.ts';
import { beginningOf, changesToKeep, isDue, type Rotation } from './rotate.ts';

export { JournalLocked } from '../file/failures.ts';

/** A journal that this process has locked. */
export interface OpenJournal extends Journal {
  /** Why it cannot be written, in sentences, or null. Each call tries to recover a journal that could not be written. */
  trouble(): Promise<string | null>;
  /** When the registry of each node was last proved, as far as the current file has it. */
  proved(): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Path, keys and rotation of a journal. */
export interface JournalOptions extends JournalChecks {
  readonly path: string;
  /** Seals the end of each change; without it nothing is sealed. */
  readonly sealer?: HeadSealer;
  /** Without it the file grows without limit. */
  readonly rotation?: Rotation;
}

/** Opens or creates the journal, locks and verifies it. Throws `journal-damaged`, `journal-newer`, JournalLocked or `journal-unusable`. */
export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  const { path } = options;
  try {
    await privateFolder(path);
    return await openLocked(options, await takeLock(path));
  } catch (error) {
    if (error instanceof Failure) throw error;
    const says = error instanceof Error ? error.message : String(error);
    const next =
      'Make the worker’s user the owner of the folder and the file, and check the disk for free space and errors.';
    throw journalUnusable(path, `The journal cannot be opened: ${says}.`, next, { cause: error });
  }
}

async function openLocked(options: JournalOptions, lock: FileLock): Promise<FileJournal> {
  try {
    await settleExchange(options.path);
    const journal = new FileJournal(options, lock, await openJournalFile(options.path, options));
    await journal.settle();
    return journal;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class FileJournal implements OpenJournal {
  readonly #options: JournalOptions;
  readonly #lock: FileLock;
  readonly #afterThat = serialQueue();
  #file: JournalFile;
  #broken: unknown;
  /** Recovers a broken journal. */
  #remedy: () => Promise<void> = async () => undefined;
  #closed = false;

  constructor(options: JournalOptions, lock: FileLock, file: JournalFile) {
    this.#options = options;
    this.#lock = lock;
    this.#file = file;
  }

  /** Seals what a crash left unsealed, and rotates the file if due. */
  async settle(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#sealIfNeeded();
      await this.#rotateIfDue();
    });
  }

  append(change: ChangeId, event: ChangeEvent): Promise<JournalMark> {
    return this.#append({ change, event }, endsChange(event));
  }

  noteProof(proof: ProofResult): Promise<JournalMark> {
    return this.#append({ proof }, true);
  }

  async events(id: ChangeId): Promise<readonly ChangeEvent[]> {
    return (await this.entries(id)).map(({ event }) => event);
  }

  async entries(id: ChangeId): Promise<readonly JournalEntry[]> {
    return await this.#inTurn(() => this.#file.entries(id));
  }

  async hasNonce(nonce: string): Promise<boolean> {
    return this.#file.index.hasNonce(nonce);
  }

  async startedSince(id: ChangeId): Promise<readonly ChangeId[]> {
    return this.#file.index.startedSince(id);
  }

  async changes(): Promise<readonly ChangeId[]> {
    return this.#file.index.changes();
  }

  async unsettled(): Promise<readonly ChangeId[]> {
    return this.#file.index.unsettled();
  }

  proved(): ReadonlyMap<string, string> {
    return this.#file.index.proved();
  }

  trouble(): Promise<string | null> {
    return this.#afterThat(() => this.#recover());
  }

  /** Waits for pending writes, then releases file and lock. */
  close(): Promise<void> {
    return this.#afterThat(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#file.close();
      await this.#lock.release();
    });
  }

  /** Writes an end and its seal in one write. */
  #append(said: Said, isEnd: boolean): Promise<JournalMark> {
    return this.#inTurn(async () => {
      const { line, hash: prev } = this.#file.head;
      const entry = { seq: line + 1, prev, ...said };
      const mark = { line: line + 1, hash: digestOf(lineText(entry)) };
      await this.#write([entry, ...(isEnd ? this.#sealOf(mark) : [])]);
      if (isEnd) await this.#rotateIfDue();
      return mark;
    });
  }

  #sealOf(head: JournalMark): readonly JournalLine[] {
    const { sealer } = this.#options;
    return sealer === undefined ? [] : [{ seq: head.line + 1, prev: head.hash, seal: sealer.seal(head) }];
  }

  async #sealIfNeeded(): Promise<void> {
    if (this.#file.needsSeal) await this.#write(this.#sealOf(this.#file.head));
  }

  async #write(lines: readonly JournalLine[]): Promise<void> {
    if (lines.length > 0)
      await this.#orBroken(
        () => this.#file.write(lines),
        () => this.#file.recover(),
      );
  }

  async #rotateIfDue(): Promise<void> {
    const { rotation, path } = this.#options;
    if (rotation === undefined || !isDue(rotation, this.#file.bytes, this.#file.index.since)) return;
    try {
      await this.#rotate(rotation);
    } catch (error) {
      rotation.onFailure(error);
    }
    const settle = () => this.#reopenByName(path);
    await this.#orBroken(settle, settle);
    await this.#sealIfNeeded();
  }

  /** Continues in the file that now has the journal's name, whether the rotation succeeded or not. */
  async #reopenByName(path: string): Promise<void> {
    const before = this.#file;
    await settleExchange(path);
    this.#file = await openJournalFile(path, this.#options);
    await before.close();
  }

  async #rotate(rotation: Rotation): Promise<void> {
    const { path } = this.#options;
    const { index, head } = this.#file;
    const now = rotation.clock.now();
    const entriesOf = (change: ChangeId) => this.#file.entries(change);
    const open = await changesToKeep(index, entriesOf, now);
    const older = await nextOlderFile(path);
    const content = beginningOf({
      ...{ head, older, open, entriesOf },
      ...{ at: now.toISOString(), approvals: index.approvals() },
    });
    for (const step of exchangeSteps(path, older, content)) await step();
    await removeOutdated(path, rotation, now);
  }

  /** Runs `act`; if it fails, the content on disk is unknown until `remedy` has run. */
  async #orBroken(act: () => Promise<void>, remedy: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#broken = error;
      this.#remedy = remedy;
      throw this.#unusable();
    }
  }

  async #recover(): Promise<string | null> {
    if (this.#closed || this.#broken === undefined) return null;
    try {
      await this.#remedy();
      this.#broken = undefined;
      return null;
    } catch (error) {
      this.#broken = error;
      const { what, next } = this.#unusable().report();
      return `${what} ${next}`;
    }
  }

  /** In sequence, so that each line contains the hash of the line before. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    return this.#afterThat(() => {
      if (this.#closed || this.#broken !== undefined) throw this.#unusable();
      return act();
    });
  }

  #unusable(): PlainFailure {
    const { path } = this.#options;
    if (isFailure(this.#broken, 'journal-damaged')) {
      const { what, next } = this.#broken.report();
      return journalUnusable(path, what, next, { cause: this.#broken });
    }
    if (this.#closed) return journalUnusable(path, 'The journal is closed.', 'Restart the worker.');
    const says = this.#broken instanceof Error ? this.#broken.message : String(this.#broken);
    const what = `The journal ${path} cannot be written, so no change runs: ${says}.`;
    const next = 'Free disk space on the bootstrap node, or repair the disk. The worker then resumes by itself.';
    return journalUnusable(path, what, next, { cause: this.#broken });
  }
}
