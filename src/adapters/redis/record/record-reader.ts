import type { ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { clusterOf } from '../../../domain/change/change-id.ts';
import {
  type EntryProof,
  type JournalMark,
  type Provenance,
  unknownChange,
} from '../../../domain/change/record-entry.ts';
import { RecordFault } from '../server/failures.ts';
import { entryFrom } from './record-text.ts';

/** A signature takes half a millisecond to check, and a card is drawn every three seconds: what was checked is remembered. */
const REMEMBERED_RECORDS = 16;

/** A record as it was read: what counts, and what signatures say about the rest. */
export interface ReadRecord extends Provenance {
  readonly events: readonly ChangeEvent[];
}

interface ReadEntry {
  readonly text: string;
  /** null when nobody has to believe it. */
  readonly event: ChangeEvent | null;
  readonly mark?: JournalMark;
}

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
    const unproven = entries.flatMap(({ event }, index) => (event === null ? [index + 1] : []));
    const mark = entries.at(-1)?.mark;
    return {
      events: believed(id, entries),
      ...(unproven.length === 0 ? {} : { unproven }),
      ...(mark === undefined ? {} : { mark }),
    };
  }

  #readEntry(id: ChangeId, text: string, position: number): ReadEntry {
    try {
      const { signature, ...entry } = entryFrom(id, text, position);
      const isProven = this.#proof.isProven({ change: id, position, ...entry }, signature);
      return isProven ? { ...entry, text } : { event: null, text };
    } catch (error) {
      // What cannot be read was not written by anybody who may write here, or by a version that is not ours.
      if (error instanceof RecordFault) return { event: null, text };
      throw error;
    }
  }

  #remember(id: ChangeId, entries: readonly ReadEntry[]): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, entries);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > REMEMBERED_RECORDS && oldest !== undefined) this.#remembered.delete(oldest);
  }
}

function believed(id: ChangeId, entries: readonly ReadEntry[]): readonly ChangeEvent[] {
  const events = entries.flatMap(({ event }) => (event === null ? [] : [event]));
  return entries[0]?.event === null ? [unknownChange(id, clusterOf(id)), ...events] : events;
}
