import type { ChangeEvent, ChangeId, Progress } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Changes, Journal, StoredChange } from '../../ports/record.ts';

/** What a change that runs has to say. */
export interface RunListener {
  /** `stored`: with the new entry. */
  entry(stored: StoredChange, event: ChangeEvent): void;
  progress(stored: StoredChange, progress: Progress): void;
}

/** The record of changes from the terminal, in the place of Redis: begun with what the journal has, and kept in memory while they run. */
export class LocalChanges implements Changes {
  readonly #journal: Pick<Journal, 'events'>;
  readonly #records = new Map<ChangeId, Promise<ChangeEvent[]>>();
  readonly #listeners = new Map<RunListener, ChangeId>();

  constructor(journal: Pick<Journal, 'events'>) {
    this.#journal = journal;
  }

  async append(id: ChangeId, version: number, event: ChangeEvent): Promise<boolean> {
    const events = await this.#eventsOf(id);
    if (events.length !== version) return false;
    events.push(event);
    const stored = storedFrom(events);
    if (stored !== null) for (const listener of this.#listenersOf(id)) listener.entry(stored, event);
    return true;
  }

  async get(id: ChangeId): Promise<StoredChange | null> {
    return storedFrom(await this.#eventsOf(id));
  }

  async progress(id: ChangeId, progress: Progress): Promise<void> {
    const stored = await this.get(id);
    if (stored !== null) for (const listener of this.#listenersOf(id)) listener.progress(stored, progress);
  }

  /** Reads the journal again for the next use. */
  forget(id: ChangeId): void {
    this.#records.delete(id);
  }

  /** Calls the listener until the returned function is called. */
  listen(id: ChangeId, listener: RunListener): () => void {
    this.#listeners.set(listener, id);
    return () => void this.#listeners.delete(listener);
  }

  /** No bot looks here for what it must tend. */
  async open(): Promise<readonly ChangeId[]> {
    return [];
  }

  async recent(): Promise<readonly ChangeId[]> {
    return [];
  }

  async redraw(): Promise<void> {
    return;
  }

  /** The lock of the journal keeps a second worker away. */
  async stillOurs(): Promise<void> {
    return;
  }

  #eventsOf(id: ChangeId): Promise<ChangeEvent[]> {
    const known = this.#records.get(id);
    if (known !== undefined) return known;
    const read = this.#journal.events(id).then((events) => [...events]);
    this.#records.set(id, read);
    // A journal that cannot be read now may be readable later.
    read.catch(() => this.forget(id));
    return read;
  }

  #listenersOf(id: ChangeId): readonly RunListener[] {
    return [...this.#listeners].filter(([, of]) => of === id).map(([listener]) => listener);
  }
}

function storedFrom(events: readonly ChangeEvent[]): StoredChange | null {
  const change = changeFrom(events);
  if (change === null) return null;
  return { change, events: [...events], version: events.length, revision: events.length, progress: [] };
}
