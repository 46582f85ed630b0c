import { recordGone } from '../../domain/answers/failure.ts';
import { mayWrite } from '../../domain/change/author.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { JournalMark } from '../../domain/change/record-entry.ts';
import { redacted } from '../../domain/change/redact.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { Changes, Journal, StoredChange } from '../../ports/record.ts';

/** Where the worker writes what it decided and did: its own disk first, Redis second. */
export interface RecordPorts {
  readonly journal: Journal;
  readonly changes: Changes;
}

/** What a worker knows of a record that it works on. */
export type KnownRecord = Pick<StoredChange, 'change' | 'events' | 'version' | 'doubt'>;

/** An event for Redis, and the journal's line if there is one. */
interface Entry {
  readonly event: ChangeEvent;
  readonly mark?: JournalMark;
}

/** Two writers may meet (a bot that takes a wish to cancel, a worker that goes on); this often the loser reads again and appends behind. */
const TRIES = 5;

/** Was it ended by a bot before the worker had begun it: cancelled, or its approval taken back? */
export const isEndedByBot = ({ state, refusal }: Change): boolean =>
  state === 'cancelled' || (state === 'refused' && refusal?.refused === 'approval-withdrawn');

/**
 * The record of one change while a worker works on it. It is read once, then only when Redis does not take an entry because somebody
 * else has written one: Redis compares the lengths with each append, so a record that has moved on never goes unnoticed.
 */
export class ChangeRecord {
  readonly id: ChangeId;
  readonly #ports: RecordPorts;
  readonly #inTurn = serialQueue();
  #known: KnownRecord | null = null;
  /** Entries that Redis has confirmed to us. */
  #confirmed = 0;

  constructor(id: ChangeId, ports: RecordPorts) {
    this.id = id;
    this.#ports = ports;
  }

  /** As it was read or written last; null when Redis has none. */
  async known(): Promise<KnownRecord | null> {
    return this.#known ?? (await this.look());
  }

  /** As Redis has it now; null when it has none. */
  async look(): Promise<KnownRecord | null> {
    const stored = await this.#ports.changes.get(this.id);
    if (stored === null) this.#known = null;
    else this.#keep(stored);
    return stored;
  }

  /**
   * Writes an event of the worker, without secrets that its words may have picked up. One after another, so that journal and Redis
   * tell what happens at the same time in one order. Throws RecordGone when Redis has no record: then nobody would be told.
   */
  journalAndPublish(event: ChangeEvent): Promise<void> {
    return this.#inTurn(async () => {
      const safe = redacted(event);
      const mark = await this.#ports.journal.append(this.id, safe);
      await this.publish({ event: safe, mark });
    });
  }

  /**
   * Tells Redis what the journal has already. What was cancelled stays cancelled: false, and nothing told, when the bot has ended the
   * change meanwhile, because the worker had not begun it; only that it was undone is told of one that was cancelled half-way, too.
   */
  async publish({ event, mark }: Entry): Promise<boolean> {
    let known = await this.known();
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (known === null) throw recordGone(this.id);
      if (event.type !== 'undone' && isEndedByBot(known.change)) return false;
      if (known.version < this.#confirmed) {
        await this.#tellAgain(event);
        known = await this.known();
      } else if (await this.#append(known, event, mark)) return true;
      else known = await this.look();
    }
    throw new Error(`The record of change ${this.id} is being written by somebody else all the time.`);
  }

  /** Tells Redis what the worker decided or did, the journal holds and Redis has never heard of, as after a crash between the two. */
  async catchUp(): Promise<void> {
    for (const entry of await this.#untold()) await this.publish(entry);
  }

  /** A Redis that was killed has lost what it confirmed in its last second (appendfsync everysec): the journal has it, before `event`. */
  async #tellAgain(event: ChangeEvent): Promise<void> {
    this.#confirmed = 0;
    const [now, untold] = [canonicalJson(event), await this.#untold()];
    for (const entry of untold) if (canonicalJson(entry.event) !== now) await this.publish(entry);
  }

  async #untold(): Promise<readonly Entry[]> {
    const known = await this.known();
    if (known === null) return [];
    const told = new Set(known.events.map(canonicalJson));
    const entries = await this.#ports.journal.entries(this.id);
    return entries.filter((entry) => mayWrite('worker', entry.event) && !told.has(canonicalJson(entry.event)));
  }

  /** Looks and appends overtake one another: whichever has seen more entries counts. */
  #keep(record: KnownRecord): void {
    if (record.version >= (this.#known?.version ?? 0)) this.#known = record;
  }

  async #append(known: KnownRecord, event: ChangeEvent, mark: JournalMark | undefined): Promise<boolean> {
    // Until Redis has answered, nobody knows whether it took the entry.
    this.#known = null;
    if (!(await this.#ports.changes.append(this.id, known.version, event, mark))) return false;
    const events = [...known.events, event];
    this.#keep({ ...known, events, change: changeFrom(events) ?? known.change, version: known.version + 1 });
    this.#confirmed = known.version + 1;
    return true;
  }
}
