import type { Change, ChangeId, Progress } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import type { ActiveHolds } from '../../domain/policy/active-holds.ts';

/** The input of a card. Equal views give equal cards. */
export interface CardView {
  readonly change: Change;
  /** Progress of the running steps. */
  readonly progress?: readonly Progress[];
  /** Changes ahead in the queue. */
  readonly waitsFor: readonly ChangeId[];
  /** The state of the cluster's worker; assumed `there` when left out. */
  readonly worker?: WorkerState;
  readonly now: Date;
  /** Why the record is not acted on. */
  readonly doubt?: Doubt;
  /** Freezes and locks; none when left out. */
  readonly activeHolds?: ActiveHolds;
  /** Other open changes of the same nodes; none when left out. */
  readonly rivals?: readonly Change[];
}

/** The state of a change: a word or two, and sentences in mrkdwn. */
export interface Status {
  readonly lead: string;
  readonly rest: string;
}

/** `plan` draws the steps as Slack's plan block; `classic` as lines, for workspaces that reject the block. */
export type CardStyle = 'plan' | 'classic';
