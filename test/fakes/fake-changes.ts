import { BEFORE_THE_STEPS, type ChangeEvent, type ChangeId, type Progress } from '../../src/domain/change/change.ts';
import { clusterOf } from '../../src/domain/change/change-id.ts';
import { changeFrom } from '../../src/domain/change/fold.ts';
import type { JournalMark } from '../../src/domain/change/record-entry.ts';
import type { Changes, StoredChange } from '../../src/ports/record.ts';
import type { FakeAnnouncements } from './fake-announcements.ts';

interface Kept {
  readonly events: readonly ChangeEvent[];
  readonly revision: number;
  readonly progress: readonly Progress[];
  readonly mark?: JournalMark;
}

const OPENING = ['requested', 'approved', 'started'];
const ENDING = ['refused', 'denied', 'expired', 'failed', 'cancelled', 'done'];

/** The record of a cluster's changes in memory. */
export class FakeChanges implements Changes {
  readonly cluster: string;
  /** Records that were read so far. */
  reads = 0;
  readonly #announcements: FakeAnnouncements | null;
  readonly #kept = new Map<ChangeId, Kept>();
  readonly #open = new Set<ChangeId>();

  constructor(cluster: string, announcements?: FakeAnnouncements) {
    this.cluster = cluster;
    this.#announcements = announcements ?? null;
  }

  /** Every entry of a change's record. */
  events(id: ChangeId): readonly ChangeEvent[] {
    return this.#kept.get(id)?.events ?? [];
  }

  /** Revisions by change. */
  revisions(): ReadonlyMap<ChangeId, number> {
    return new Map([...this.#kept].map(([id, { revision }]) => [id, revision]));
  }

  async append(id: ChangeId, version: number, event: ChangeEvent, mark?: JournalMark): Promise<boolean> {
    this.#refuseStranger(id);
    const { events, revision } = this.#kept.get(id) ?? { events: [], revision: 0 };
    const begins = event.type === 'requested';
    if (begins !== (version === 0) || (begins && event.id !== id))
      throw new Error(`${id}: must start with its request`);
    if (events.length !== version) return false;
    const others = (this.#kept.get(id)?.progress ?? []).filter(
      ({ step }) => 'step' in event && step !== event.step && step !== BEFORE_THE_STEPS,
    );
    this.#kept.set(id, {
      events: [...events, structuredClone(event)],
      revision: revision + 1,
      progress: others,
      ...(mark === undefined ? {} : { mark }),
    });
    if (OPENING.includes(event.type)) this.#open.add(id);
    if (ENDING.includes(event.type)) this.#open.delete(id);
    this.#announcements?.announce(id);
    return true;
  }

  async get(id: ChangeId): Promise<StoredChange | null> {
    this.reads += 1;
    this.#refuseStranger(id);
    const kept = this.#kept.get(id);
    const change = kept === undefined ? null : changeFrom(kept.events);
    if (kept === undefined || change === null) return null;
    return { ...kept, change, version: kept.events.length };
  }

  async progress(id: ChangeId, progress: Progress): Promise<void> {
    this.#refuseStranger(id);
    const kept = this.#kept.get(id);
    if (kept === undefined || !this.#open.has(id)) return;
    const others = kept.progress.filter(({ step }) => step !== progress.step);
    const all = [...others, progress].toSorted((a, b) => (a.step < b.step ? -1 : 1));
    this.#kept.set(id, { ...kept, revision: kept.revision + 1, progress: all });
    this.#announcements?.announce(id);
  }

  async redraw(id: ChangeId): Promise<void> {
    this.#refuseStranger(id);
    const kept = this.#kept.get(id);
    if (kept === undefined || !this.#open.has(id)) return;
    this.#kept.set(id, { ...kept, revision: kept.revision + 1 });
    this.#announcements?.announce(id);
  }

  async stillOurs(): Promise<void> {
    return;
  }

  async open(): Promise<readonly ChangeId[]> {
    return [...this.#open].toSorted();
  }

  async recent(most: number): Promise<readonly ChangeId[]> {
    return [...this.#kept.keys()].toReversed().slice(0, most);
  }

  /** Simulates Redis returning without its data. */
  lose(): void {
    this.#kept.clear();
    this.#open.clear();
  }

  /** Simulates Redis killed before its last second is on disk: the newest confirmed entries are lost. */
  loseNewest(id: ChangeId, count: number): void {
    const kept = this.#kept.get(id);
    if (kept !== undefined) this.#kept.set(id, { ...kept, events: kept.events.slice(0, -count) });
  }

  #refuseStranger(id: ChangeId): void {
    if (clusterOf(id) !== this.cluster) throw new TypeError(`“${id}” is not a change of cluster ${this.cluster}.`);
  }
}
