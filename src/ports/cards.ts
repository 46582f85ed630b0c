import type { ChangeId, MessageRef } from '../domain/change/change.ts';
import type { SeenWorker } from '../domain/cluster/worker-state.ts';

/** What came of a claim. */
export type Claim = 'ours' | 'busy' | 'told';

/** What bot replicas share about cards, so that no card is drawn twice, goes backwards or is forgotten. */
export interface Cards {
  place(id: ChangeId): Promise<MessageRef | null>;
  hang(id: ChangeId, place: MessageRef): Promise<void>;
  /** Runs `draw` while no other replica draws this card; false when another one does. The lease ends by itself after `ms`. */
  whileLeased(id: ChangeId, ms: number, draw: (lease: CardLease) => Promise<void>): Promise<boolean>;
  /**
   * Claims a message of a change by name (a thread reply `approved`, `done` …, or its `card`) for `ms`, over all replicas: `ours` to
   * post, `busy` while somebody else may be posting it, `told` once it was posted. A claim that nobody confirms is free again.
   */
  claimReply(id: ChangeId, name: string, ms: number): Promise<Claim>;
  /** It was posted, so nobody posts it again. */
  confirmReply(id: ChangeId, name: string): Promise<void>;
  /** Gives a claimed reply back, when it could not be posted. */
  releaseReply(id: ChangeId, name: string): Promise<void>;
  /** Changes whose card shows less than what the record holds. */
  behind(): Promise<readonly ChangeId[]>;
}

export interface CardLease {
  /** The revision that the card shows; revisions grow with every entry and every progress. */
  readonly drawn: number;
  /** What the card shows besides the record, as it was committed last; empty at first. */
  readonly aside: string;
  /** Notes that the card shows `revision` and `aside`; false, and nothing noted, when the lease was lost meanwhile. */
  commit(revision: number, aside?: string): Promise<boolean>;
}

/** What a cluster's worker says of itself, told past the journal and every record. */
export interface Heartbeat {
  /** It is there; `trouble` is why it cannot work, in sentences. */
  beat(trouble: string | null): Promise<void>;
  /** null when no worker of the cluster was ever heard of. */
  seen(): Promise<SeenWorker | null>;
}
