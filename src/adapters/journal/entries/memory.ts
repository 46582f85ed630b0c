import { open, stat } from 'node:fs/promises';
import type { AuditEntry } from '../../../domain/change/audit.ts';
import type { Change, ChangeEvent, ChangeId } from '../../../domain/change/change.ts';
import { changeFrom } from '../../../domain/change/fold.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import type { Memory, PlanningJournal } from '../../../ports/record.ts';
import { chunksOf } from '../file/chunks.ts';
import { journalNewer, journalUnusable } from '../file/failures.ts';
import { isLocked } from '../file/lock.ts';
import { entryAt } from './journal-file.ts';
import { scanJournal } from './read.ts';
import { verifyJournal } from './verify.ts';

/** Changes that are kept while all files of a journal are read: a plan has up to 900 KiB. */
const MOST_KEPT = 200;
/** Events after which a change names no further nodes. */
const DECIDED: ReadonlySet<ChangeEvent['type']> = new Set(['planned', 'refused', 'failed', 'cancelled']);

/** The changes in a journal and its older files, read without its lock. Nothing is written, and the worker notices nothing. */
export function journalMemory(path: string): Memory {
  const scan = async (isWanted: (id: ChangeId) => boolean, isOf: (change: Change) => boolean = () => true) => {
    await refuseMissing(path);
    const kept = new Kept(isWanted, isOf);
    const { newer } = await scanJournal(path, { onEvent: (entry) => kept.note(entry) });
    const [strange] = newer.filter(({ change }) => change === undefined || isWanted(change));
    // A list without them would be taken for a whole one.
    if (strange !== undefined) throw journalNewer(path, strange.seq, strange.change);
    return kept;
  };
  /** A journal that has not grown says the same; a large one takes seconds to read. */
  let last: { readonly stamp: string; readonly id: ChangeId | null } | undefined;
  return {
    async recent(most, isOf) {
      const kept = await scan(() => true, isOf);
      const changes = kept.changes().toSorted((one, other) => (one.requestedAt < other.requestedAt ? 1 : -1));
      return { changes: changes.slice(0, most), isCut: kept.isCut || changes.length > most };
    },
    async get(id) {
      const events = (await scan((one) => one === id)).events(id);
      const change = changeFrom(events);
      return change === null ? null : { change, events };
    },
    async applying() {
      const stamp = await stampOf(path);
      if (last?.stamp === stamp) return last.id;
      const id = (await scan(() => true)).changes().find(({ state }) => state === 'applying')?.id ?? null;
      last = { stamp, id };
      return id;
    },
    isOpen: () => isLocked(path),
    whilePlanning: (act) => whilePlanning(path, act),
  };
}

async function whilePlanning<T>(path: string, act: (journal: PlanningJournal) => Promise<T>): Promise<T> {
  await refuseMissing(path);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { index, newer } = await verifyJournal(path, chunksOf(file, size));
    if (newer !== undefined) throw journalNewer(path, newer.seq, newer.change);
    const entries = (id: ChangeId) => Promise.all(index.places(id).map((place) => entryAt(path, file, place)));
    return await act({
      events: async (id) => (await entries(id)).map(({ event }) => event),
      changes: async () => index.changes(),
      startedSince: async (id) => index.startedSince(id),
    });
  } finally {
    await file.close();
  }
}

/** The events of the changes that were requested last. */
class Kept {
  readonly #isWanted: (id: ChangeId) => boolean;
  readonly #isOf: (change: Change) => boolean;
  readonly #events = new Map<ChangeId, ChangeEvent[]>();
  isCut = false;

  constructor(isWanted: (id: ChangeId) => boolean, isOf: (change: Change) => boolean) {
    this.#isWanted = isWanted;
    this.#isOf = isOf;
  }

  note({ change, event }: AuditEntry): void {
    if (!this.#isWanted(change)) return;
    const events = this.#events.get(change);
    if (events !== undefined) {
      events.push(event);
      // What a change touches is known now, so that those of other nodes do not push out those that are asked for.
      if (DECIDED.has(event.type) && !this.#isFound(events)) this.#events.delete(change);
      return;
    }
    // The rest of a change whose beginning was dropped, or is in a file that was removed, makes no change.
    if (event.type !== 'requested') return;
    this.#events.set(change, [event]);
    const [oldest] = this.#events.keys();
    if (this.#events.size <= MOST_KEPT || oldest === undefined) return;
    this.#events.delete(oldest);
    this.isCut = true;
  }

  events(id: ChangeId): readonly ChangeEvent[] {
    return this.#events.get(id) ?? [];
  }

  changes(): readonly Change[] {
    return [...this.#events.values()].flatMap((events) => changeFrom(events) ?? []).filter(this.#isOf);
  }

  #isFound(events: readonly ChangeEvent[]): boolean {
    const change = changeFrom(events);
    return change !== null && this.#isOf(change);
  }
}

/** Empty for a journal that is missing, which the scan then says. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found === null ? '' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}`;
}

async function refuseMissing(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') return;
    const what = 'There is no journal: no worker has started with this configuration yet.';
    throw journalUnusable(path, what, 'Check `stateFolder` in the configuration, or start the worker.', { cause });
  }
}
