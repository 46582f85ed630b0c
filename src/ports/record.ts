import type { Change, ChangeEvent, ChangeId, Progress } from '../domain/change/change.ts';
import type { JournalEntry, JournalMark, Provenance } from '../domain/change/record-entry.ts';

/** The record of one cluster's changes in Redis, and the announcement of each entry. */
export interface Changes {
  /** Appends when the record has exactly `version` entries, announces it, and tells whether it did. */
  append(id: ChangeId, version: number, event: ChangeEvent, mark?: JournalMark): Promise<boolean>;
  /** The change with its record's length and the running steps' progress; null when there is none. */
  get(id: ChangeId): Promise<StoredChange | null>;
  /** Keeps only the last word of each step until its next entry, announced like one. */
  progress(id: ChangeId, progress: Progress): Promise<void>;
  /** Ids of changes that have not ended. */
  open(): Promise<readonly ChangeId[]>;
  /** Announces an open change whose card has to be drawn anew for a reason outside its record, such as a freeze. */
  redraw(id: ChangeId): Promise<void>;
  /** Throws when another worker has taken the cluster's work since, or when nobody can tell; never for a bot. */
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
  /** Of each step at work that has told some, by the step's id. */
  readonly progress: readonly Progress[];
}

/** A wake-up for every replica whenever a change gets an entry or progress. It may be lost; what `Cards.behind` says counts. */
export interface Announcements {
  /** Until the signal ends it. */
  listen(listener: AnnouncementListener, signal: AbortSignal): Promise<void>;
}

export interface AnnouncementListener {
  changed(id: ChangeId): void;
  /** Announcements may have been missed: told when listening begins, and each time that it begins again. */
  missed(): void;
}

/** The worker's own record on the node's disk: what it decided and did, written before anybody is told. */
export interface Journal {
  /** On disk (fsync) when it resolves, with the line that holds it; the end of a change is sealed with it. */
  append(id: ChangeId, event: ChangeEvent): Promise<JournalMark>;
  events(id: ChangeId): Promise<readonly ChangeEvent[]>;
  /** The same events, each with the line that holds it. */
  entries(id: ChangeId): Promise<readonly JournalEntry[]>;
  /** Has an approval with this nonce been used by a change that was started? */
  hasNonce(nonce: string): Promise<boolean>;
  /** Other changes that were started after this one was, each once, in the order of their last start. */
  startedSince(id: ChangeId): Promise<readonly ChangeId[]>;
  /** Changes without an end, and those that ended because Redis had forgotten them. */
  unsettled(): Promise<readonly ChangeId[]>;
}
