import { recordGone } from '../../domain/answers/failure.ts';
import { mayWrite } from '../../domain/change/author.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { JournalMark } from '../../domain/change/record-entry.ts';
import { redacted } from '../../domain/change/redact.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { Changes, Journal, StoredChange } from '../../ports/record.ts';

/** Where the worker records its decisions and acts: first its own disk, then Redis. */
export interface RecordPorts {
  readonly journal: Journal;
  readonly changes: Changes;
}

/** The worker's copy of a record. */
export type KnownRecord = Pick<StoredChange, 'change' | 'events' | 'version' | 'doubt' | 'foreignStarts'>;

/** An event for Redis, and its journal line if there is one. */
interface Entry {
  readonly event: ChangeEvent;
  readonly mark?: JournalMark;
}

/** Attempts if a bot appends to the record at the same time, for example a cancel. */
const TRIES = 5;

/** True if a bot ended the change before the worker began: cancelled, or its approval revoked. */
export const isEndedByBot = ({ state, refusal }: Change): boolean =>
  state === 'cancelled' || (state === 'refused' && refusal?.refused === 'approval-withdrawn');

/** The record of one change in a worker. It is read again only if Redis rejects an append because its length differs from the expected one. */
export class ChangeRecord {
  readonly id: ChangeId;
  readonly #ports: RecordPorts;
  readonly #inTurn = serialQueue();
  #known: KnownRecord | null = null;
  #latest: Change | null = null;
  /** Entries that Redis has confirmed to this worker. */
  #confirmed = 0;

  constructor(id: ChangeId, ports: RecordPorts) {
    this.id = id;
    this.#ports = ports;
  }

  /** The record as last read or written; null if Redis has none. */
  async known(): Promise<KnownRecord | null> {
    return this.#known ?? (await this.read());
  }

  /** The change as last read or written, also while an entry is on its way to Redis; nothing is read for it. */
  latest(): Change | null {
    return this.#latest;
  }

  /** Reads the record from Redis; null if there is none. */
  async read(): Promise<KnownRecord | null> {
    const stored = await this.#ports.changes.get(this.id);
    if (stored === null) this.#known = null;
    else this.#keep(stored);
    return stored;
  }

  /** Writes an event, secrets redacted, to journal and Redis. Both have the same order. Throws RecordGone if Redis has no record. */
  journalAndPublish(event: ChangeEvent): Promise<void> {
    return this.#inTurn(async () => {
      const safe = redacted(event);
      const mark = await this.#ports.journal.append(this.id, safe);
      await this.publish({ event: safe, mark });
    });
  }

  /**
   * Writes a journaled event to Redis. False if the bot has ended the change before its start; only `undone` is written even then, and
   * everything if it `hasBegun`: an older Redis then took the place of the one that had the start.
   */
  async publish({ event, mark }: Entry, hasBegun = false): Promise<boolean> {
    let known = await this.known();
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (known === null) throw recordGone(this.id);
      if (!hasBegun && event.type !== 'undone' && isEndedByBot(known.change)) return false;
      if (known.version < this.#confirmed) {
        await this.#republish(event);
        known = await this.known();
      } else if (await this.#append(known, event, mark)) return true;
      else known = await this.read();
    }
    throw new Error(`The record of change ${this.id} keeps changing, so the worker cannot append to it.`);
  }

  /** Writes the worker's journaled events to Redis that are missing there, for example after a crash between the two; whether it wrote any. */
  async catchUp(): Promise<boolean> {
    const entries = await this.#unpublished();
    const hasBegun = entries.some(({ event }) => event.type === 'started');
    let wrote = false;
    for (const entry of entries) wrote = (await this.publish(entry, hasBegun)) || wrote;
    return wrote;
  }

  /** Restores from the journal what a killed Redis has lost of its last second (appendfsync everysec), except `event`. */
  async #republish(event: ChangeEvent): Promise<void> {
    this.#confirmed = 0;
    const now = canonicalJson(event);
    for (const entry of await this.#unpublished()) if (canonicalJson(entry.event) !== now) await this.publish(entry);
  }

  async #unpublished(): Promise<readonly Entry[]> {
    const known = await this.known();
    if (known === null) return [];
    const published = new Set(known.events.map(canonicalJson));
    const entries = await this.#ports.journal.entries(this.id);
    return entries.filter((entry) => mayWrite('worker', entry.event) && !published.has(canonicalJson(entry.event)));
  }

  /** Reads and appends can overtake each other, so the longer record counts. */
  #keep(record: KnownRecord): void {
    if (record.version < (this.#known?.version ?? 0)) return;
    this.#known = record;
    this.#latest = record.change;
  }

  async #append(known: KnownRecord, event: ChangeEvent, mark: JournalMark | undefined): Promise<boolean> {
    // Until Redis has answered, it is unknown whether it has the entry.
    this.#known = null;
    if (!(await this.#ports.changes.append(this.id, known.version, event, mark))) return false;
    const events = [...known.events, event];
    this.#keep({ ...known, events, change: changeFrom(events) ?? known.change, version: known.version + 1 });
    this.#confirmed = known.version + 1;
    return true;
  }
}
