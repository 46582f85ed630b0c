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

/** A signature takes half a millisecond to check, and a card is drawn every three seconds: what was checked is remembered. */
const REMEMBERED_RECORDS = 16;

/** A record as it was read: what counts, and what signatures say about the rest. */
export interface ReadRecord extends Provenance {
  readonly events: readonly ChangeEvent[];
}

/** Its text, and what it says; or why nobody acts on it. */
type ReadEntry = { readonly text: string } & (
  | { readonly event: ChangeEvent; readonly mark?: JournalMark }
  | { readonly doubt: Doubt['is'] }
);

/** Reads records; entries that do not hold are left out and named. */
export class RecordReader {
  readonly #proof: EntryProof;
  readonly #remembered = new Map<ChangeId, readonly ReadEntry[]>();

  constructor(proof: EntryProof) {
    this.#proof = proof;
  }

  read(id: ChangeId, texts: readonly string[]): ReadRecord {
    const before = this.#remembered.get(id) ?? [];
    const entries = texts.map((text, index) => {
      const known = before[index];
      return known?.text === text ? known : this.#readEntry(id, text, index + 1);
    });
    this.#remember(id, entries);
    const doubt = doubtOf(entries);
    const last = entries.at(-1);
    return {
      events: believed(id, entries),
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
    return this.#proof.isProven({ ...entry, ...place }, signature) ? { ...entry, text } : { text, doubt: 'unsigned' };
  }

  #remember(id: ChangeId, entries: readonly ReadEntry[]): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, entries);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_RECORDS && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

/** What is not signed weighs more than what cannot be read. */
function doubtOf(entries: readonly ReadEntry[]): Doubt | null {
  const doubts = entries.flatMap((entry, index) => ('doubt' in entry ? [{ is: entry.doubt, place: index + 1 }] : []));
  const { is } = doubts.find((one) => one.is === 'unsigned') ?? doubts[0] ?? {};
  return is === undefined ? null : { is, entries: doubts.filter((one) => one.is === is).map(({ place }) => place) };
}

function believed(id: ChangeId, entries: readonly ReadEntry[]): readonly ChangeEvent[] {
  const events = entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
  const [first] = entries;
  return first !== undefined && 'doubt' in first ? [unknownChange(id, clusterOf(id)), ...events] : events;
}
