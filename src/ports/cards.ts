import type { ChangeId, MessageRef } from '../domain/change/change.ts';
import type { Heard, WorkerSays } from '../domain/cluster/worker-state.ts';
import type { InspectionRequest } from './status.ts';

/** The answer to a claim. */
export type Claim = 'ours' | 'busy' | 'posted';

/** The message in a card's thread that lists the steps. */
export interface StepList {
  readonly place: MessageRef;
  /** The `ts` of the card whose thread it is in. */
  readonly card: string;
  /** What it shows, in the words of who keeps it; empty at first. */
  readonly shows: string;
}

/** What bot replicas share about cards, so that no card is drawn twice, shows an older state, or is missed. */
export interface Cards {
  /** Null: no card is known, or no bot has signed its place. `newer`: a newer version of the bot posted it, and draws it. */
  place(id: ChangeId): Promise<MessageRef | 'newer' | null>;
  /** The place, for links and replies; null also for a card of a newer version. */
  known(id: ChangeId): Promise<MessageRef | null>;
  hang(id: ChangeId, place: MessageRef): Promise<void>;
  /** The list of steps as last kept; null if there is none, or no bot has signed it. `newer`: a newer version of the bot draws it. */
  stepList(id: ChangeId): Promise<StepList | 'newer' | null>;
  keepStepList(id: ChangeId, list: StepList): Promise<void>;
  /** Runs `draw` while it holds the card's lease; false when another replica holds it. The lease expires after `ms`. */
  whileLeased(id: ChangeId, ms: number, draw: (lease: CardLease) => Promise<void>): Promise<boolean>;
  /**
   * Claims a message of a change by name (a thread reply such as `approved`, or its `card`) for `ms`, over all replicas: `ours` to
   * post it, `busy` while another replica may be posting it, `posted` once it was posted. An unconfirmed claim expires.
   */
  claimReply(id: ChangeId, name: string, ms: number): Promise<Claim>;
  /** Marks a claimed reply as posted, for good. */
  confirmReply(id: ChangeId, name: string): Promise<void>;
  /** Frees a claimed reply that could not be posted. */
  releaseReply(id: ChangeId, name: string): Promise<void>;
  /** Changes whose card is older than their record. */
  behind(): Promise<readonly ChangeId[]>;
}

export interface CardLease {
  /** The revision that the card shows; revisions grow with every entry and every progress. */
  readonly drawn: number;
  /** What the card shows besides the record, as last committed; empty at first. */
  readonly aside: string;
  /** Records that the card shows `revision` and `aside`; false, and nothing recorded, when the lease was lost. */
  commit(revision: number, aside?: string): Promise<boolean>;
}

/** The heartbeat of a cluster's worker, outside the journal and every record. */
export interface Heartbeat {
  /** Sends a heartbeat with what the worker says. Returns the last request for an inspection; 0: there was none. */
  beat(says: WorkerSays): Promise<InspectionRequest>;
  seen(): Promise<Heard>;
}

/** What a bot asks about all its clusters at once. Of many clusters, few have changes at a time. */
export interface Fleet {
  /** The clusters that have changes which have not ended. */
  busy(): Promise<readonly string[]>;
  /** The clusters with freezes or locks, ended ones among them, as they were a few seconds ago; for answers, not for decisions. */
  holding(): Promise<readonly string[]>;
  /** Looks for freezes and locks; call it regularly, so that nobody has to wait for it. */
  lookForHolds(): Promise<void>;
  /** This bot has set a freeze or lock. */
  noteHold(cluster: string): void;
  /** The last heartbeats of these clusters' workers, as `Heartbeat.seen` gives each. */
  workers(clusters: readonly string[]): Promise<ReadonlyMap<string, Heard>>;
  /** A text for the last status of each of these clusters, which is another one after each inspection; '' if that is unknown. */
  statuses(clusters: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** What Slack last said of the sockets of the app token. */
export interface SocketsSeen {
  readonly connections: number;
  /** Replicas of this bot that ran then. */
  readonly replicas: number;
  readonly at: string;
}

/** The running replicas of this bot. */
export interface Replicas {
  /** Says that this replica runs, which counts for half a minute. Returns how many run; null if that is unknown. */
  beat(): Promise<number | null>;
  /** This replica ends. */
  leave(): Promise<void>;
  keep(seen: SocketsSeen): Promise<void>;
  /** What a replica has kept in the last hours; null without it. */
  seen(): Promise<SocketsSeen | null>;
}

/** What bot replicas do only once between them. */
export interface Once {
  /** True for the first call with this name, over all replicas, within an hour. */
  isFirst(name: string): Promise<boolean>;
}
