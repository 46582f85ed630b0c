import type { Change, ChangeEvent, ChangeId, Progress } from '../domain/change/change.ts';
import type { JournalEntry, JournalMark, Provenance } from '../domain/change/record-entry.ts';
import type { ProofResult } from '../domain/cluster/proof-result.ts';

/** The record of one cluster's changes in Redis, and the announcement of each entry. */
export interface Changes {
  /** Appends and announces an entry if the record has exactly `version` entries; returns whether it did. */
  append(id: ChangeId, version: number, event: ChangeEvent, mark?: JournalMark): Promise<boolean>;
  /** The change with its record's length and the running steps' progress; null when the change is unknown. */
  get(id: ChangeId): Promise<StoredChange | null>;
  /** Announces progress; only the latest progress of each step is kept, until the step's next entry. */
  progress(id: ChangeId, progress: Progress): Promise<void>;
  /** IDs of changes that have not ended. */
  open(): Promise<readonly ChangeId[]>;
  /** IDs of the changes that were requested last, newest first, at most `most`. The records of old ones may be gone. */
  recent(most: number): Promise<readonly ChangeId[]>;
  /** Announces an open change whose card must be redrawn for a reason outside its record, such as a freeze. */
  redraw(id: ChangeId): Promise<void>;
  /** Throws when another worker has taken over the cluster, or when that cannot be checked; never for a bot. */
  stillOurs(): Promise<void>;
}

export interface StoredChange extends Provenance {
  readonly change: Change;
  /** The record that `change` was folded from. */
  readonly events: readonly ChangeEvent[];
  /** Entries in the record; what `append` expects. */
  readonly version: number;
  /** Grows with every entry and every progress. */
  readonly revision: number;
  /** Latest progress of each running step. */
  readonly progress: readonly Progress[];
}

/** Wakes every replica when a change gets an entry or progress. It may be lost, so `Cards.behind` is authoritative. */
export interface Announcements {
  /** Listens until aborted. */
  listen(listener: AnnouncementListener, signal: AbortSignal): Promise<void>;
}

export interface AnnouncementListener {
  changed(id: ChangeId): void;
  /** Announcements may have been missed: called whenever listening starts or restarts. */
  missed(): void;
}

/** The worker's own record on the node's disk: its decisions and acts, written before they are published. */
export interface Journal {
  /** On disk (fsync) when it resolves with the event's line. The end of a change is sealed in the same write. */
  append(id: ChangeId, event: ChangeEvent): Promise<JournalMark>;
  /** The result of a proof outside of any change: on disk, and sealed, when it resolves with its line. */
  noteProof(proof: ProofResult): Promise<JournalMark>;
  events(id: ChangeId): Promise<readonly ChangeEvent[]>;
  /** The events with their lines. */
  entries(id: ChangeId): Promise<readonly JournalEntry[]>;
  /** Whether a started change has used the approval with this nonce. */
  hasNonce(nonce: string): Promise<boolean>;
  /** Other changes started after this change, each once, in the order of their last start. */
  startedSince(id: ChangeId): Promise<readonly ChangeId[]>;
  /** All changes, as far as the journal's current file has them. */
  changes(): Promise<readonly ChangeId[]>;
  /** Changes that have not ended, and those that ended because Redis lost their record. */
  unsettled(): Promise<readonly ChangeId[]>;
}

/** A change, folded from the events that a journal has of it. */
export interface Remembered {
  readonly change: Change;
  readonly events: readonly ChangeEvent[];
}

/** What a journal remembers of the newest changes. */
export interface Recent {
  /** Newest first. */
  readonly changes: readonly Change[];
  /** True if there are older ones. */
  readonly isCut: boolean;
}

/** What a plan is made from, beside the cluster. */
export type PlanningJournal = Pick<Journal, 'events' | 'changes' | 'startedSince'>;

/** The changes in the worker's journal, read while the worker may be writing it. All of it throws `journal-damaged`, `journal-newer` or `journal-unusable`. */
export interface Memory {
  /** The newest changes; with `isWanted`, the newest of those. It is asked once a change has its plan or its end. */
  recent(most: number, isWanted?: (change: Change) => boolean): Promise<Recent>;
  /** Null if the journal has nothing of the change. */
  get(id: ChangeId): Promise<Remembered | null>;
  /** The change whose steps run, or were interrupted; null without one. */
  applying(): Promise<ChangeId | null>;
  /** Whether a worker has the journal open. */
  isOpen(): Promise<boolean>;
  /** Acts on what the worker knows when it plans: the journal's current file, as it is now. */
  whilePlanning<T>(act: (journal: PlanningJournal) => Promise<T>): Promise<T>;
}
