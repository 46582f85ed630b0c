import type { ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { clusterOf } from '../../../domain/change/change-id.ts';
import {
  type Doubt,
  type EntryProof,
  type JournalMark,
  type Provenance,
  unknownChange,
} from '../../../domain/change/record-entry.ts';
import { entryFrom } from './record-text.ts';

/**
 * Checking a signature takes half a millisecond, and a card is drawn every three seconds, so checked entries are cached. The limit is for
 * all clusters together; parsed entries take about three times the memory of their text.
 */
const CACHED_CHARACTERS = 24 * 1024 * 1024;

const STARTS: ReadonlySet<ChangeEvent['type']> = new Set(['started', 'step-started']);

/** A record with its valid events, and doubts about other entries. */
export interface ReadRecord extends Provenance {
  readonly events: readonly ChangeEvent[];
}

/** An entry's text and its event, or why it is not acted on. */
type ReadEntry = { readonly text: string } & (
  | { readonly event: ChangeEvent; readonly mark?: JournalMark; readonly isForeign: boolean }
  | { readonly doubt: Doubt['is'] }
);

/** Checked entries of the records that were read last. */
export class EntryCache {
  readonly #limit: number;
  readonly #records = new Map<ChangeId, { readonly entries: readonly ReadEntry[]; readonly size: number }>();
  #size = 0;

  constructor(limit = CACHED_CHARACTERS) {
    this.#limit = limit;
  }

  /** Characters of all cached texts. */
  get size(): number {
    return this.#size;
  }

  get(id: ChangeId): readonly ReadEntry[] {
    return this.#records.get(id)?.entries ?? [];
  }

  /** Keeps a record's entries, and drops those of the records that were read longest ago. */
  keep(id: ChangeId, entries: readonly ReadEntry[]): void {
    this.#drop(id);
    const size = entries.reduce((sum, { text }) => sum + text.length, 0);
    this.#records.set(id, { entries, size });
    this.#size += size;
    for (const oldest of this.#records.keys()) {
      if (this.#size <= this.#limit) return;
      this.#drop(oldest);
    }
  }

  /** Drops the entries of a cluster, whose keys are others now. */
  forget(cluster: string): void {
    for (const id of [...this.#records.keys()]) if (clusterOf(id) === cluster) this.#drop(id);
  }

  #drop(id: ChangeId): void {
    this.#size -= this.#records.get(id)?.size ?? 0;
    this.#records.delete(id);
  }
}

/** Reads records. Entries that are not valid are omitted and reported as doubt. */
export class RecordReader {
  readonly #proof: EntryProof;
  readonly #cache: EntryCache;

  constructor(proof: EntryProof, cache = new EntryCache()) {
    this.#proof = proof;
    this.#cache = cache;
  }

  read(id: ChangeId, texts: readonly string[]): ReadRecord {
    const before = this.#cache.get(id);
    const entries = texts.map((text, index) => {
      const known = before[index];
      return known?.text === text ? known : this.#readEntry(id, text, index + 1);
    });
    this.#cache.keep(id, entries);
    const doubt = doubtOf(entries);
    const last = entries.at(-1);
    const foreign = entries.flatMap((entry) => ('event' in entry && entry.isForeign ? [entry.event] : []));
    return {
      events: validEvents(id, entries),
      ...(foreign.length === 0 ? {} : { foreignStarts: foreign }),
      ...(doubt === null ? {} : { doubt }),
      ...(last !== undefined && 'mark' in last ? { mark: last.mark } : {}),
    };
  }

  #readEntry(id: ChangeId, text: string, position: number): ReadEntry {
    const kept = entryFrom(text);
    if (kept === null) return { text, doubt: 'unsigned' };
    const { signature, ...entry } = kept;
    const place = { change: id, position };
    if ('raw' in entry)
      return { text, doubt: this.#proof.isOurs({ ...entry.raw, ...place }, signature) ? 'newer' : 'unsigned' };
    const whole = { ...entry, ...place };
    if (!this.#proof.isProven(whole, signature)) return { text, doubt: 'unsigned' };
    // Only of starts does a worker ask who signed them; checking every entry would take seconds.
    const isForeign = STARTS.has(entry.event.type) && !this.#proof.isOfWorker(whole, signature);
    return { ...entry, isForeign, text };
  }
}

/** An unsigned entry takes precedence over a newer one. */
function doubtOf(entries: readonly ReadEntry[]): Doubt | null {
  const doubts = entries.flatMap((entry, index) => ('doubt' in entry ? [{ is: entry.doubt, place: index + 1 }] : []));
  const { is } = doubts.find((one) => one.is === 'unsigned') ?? doubts[0] ?? {};
  return is === undefined ? null : { is, entries: doubts.filter((one) => one.is === is).map(({ place }) => place) };
}

function validEvents(id: ChangeId, entries: readonly ReadEntry[]): readonly ChangeEvent[] {
  const events = entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
  const [first] = entries;
  return first !== undefined && 'doubt' in first ? [unknownChange(id, clusterOf(id)), ...events] : events;
}
