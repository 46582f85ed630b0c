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

/** Checking a signature takes half a millisecond, and a card is drawn every three seconds, so checked entries are cached. */
const REMEMBERED_RECORDS = 16;

/** A record with its valid events, and doubts about other entries. */
export interface ReadRecord extends Provenance {
  readonly events: readonly ChangeEvent[];
}

/** An entry's text and its event, or why it is not acted on. */
type ReadEntry = { readonly text: string } & (
  | { readonly event: ChangeEvent; readonly mark?: JournalMark }
  | { readonly doubt: Doubt['is'] }
);

/** Reads records. Entries that are not valid are omitted and reported as doubt. */
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
      events: validEvents(id, entries),
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
