import type { FailureReport } from '../answers/failure-report.ts';
import type { Refusal } from '../answers/refusal.ts';
import type { NodeBefore } from '../cluster/node-before.ts';
import type { Jid } from '../cluster/salt.ts';
import type { Intent } from '../plan/intent.ts';
import type { Plan } from '../plan/plan.ts';
import type { Person, SignedApproval } from './approval.ts';

/** `<cluster>-<six characters>`. */
export type ChangeId = string;

/** The result of the final verification; counts. */
export interface Proof {
  readonly served: number;
  readonly expected: number;
  readonly archives: number;
  readonly engines: number;
  readonly engineTotal: number;
  readonly blobs: number;
}

/** The policy's terms at the time of the request, for the card and for planning only. Decisions read the current policy. */
export interface Terms {
  readonly approvals: number;
  readonly planLivesMs: number;
}

/** Where a change's card is posted. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** Every event of a change. `at` is an ISO time. */
export type ChangeEvent = { readonly at: string } & (
  | {
      readonly type: 'requested';
      readonly id: ChangeId;
      readonly intent: Intent;
      readonly requester: Person;
      readonly channel: string;
      readonly terms?: Terms;
      /** Only in the worker's journal and in restored records, to find the card without Redis. */
      readonly card?: MessageRef;
      /** Restored by a worker after Redis lost the record; the number of approvals until then. */
      readonly retold?: { readonly approvals: number };
    }
  | { readonly type: 'planned'; readonly plan: Plan; readonly digest: string; readonly expires: string }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | {
      /** One of several required approvals. `counts` lists everyone whose approval counts, including this one. */
      readonly type: 'voted';
      readonly by: Person;
      readonly counts: readonly string[];
      readonly needed: number;
    }
  | { readonly type: 'approved'; readonly approver: Person; readonly signed: SignedApproval }
  | { readonly type: 'denied'; readonly by: Person }
  | { readonly type: 'expired' }
  | { readonly type: 'started' }
  | { readonly type: 'found'; readonly before: readonly NodeBefore[] }
  | { readonly type: 'undo-asked'; readonly by: Person; readonly change: ChangeId }
  | { readonly type: 'undone'; readonly change: ChangeId }
  | { readonly type: 'cancel-requested'; readonly by: Person }
  | { readonly type: 'cancelled'; readonly by: Person }
  | { readonly type: 'step-started'; readonly step: string }
  | { readonly type: 'job-started'; readonly step: string; readonly jid: Jid }
  | {
      readonly type: 'step-done';
      readonly step: string;
      readonly already: boolean;
      readonly seconds: number;
      readonly note?: string;
    }
  | { readonly type: 'step-failed'; readonly step: string; readonly seconds: number; readonly failure: FailureReport }
  | { readonly type: 'failed'; readonly failure: FailureReport }
  | { readonly type: 'done'; readonly proof: Proof; readonly seconds: number }
);

export type ChangeState =
  | 'requested'
  | 'planned'
  | 'refused'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'applying'
  | 'failed'
  | 'cancelled'
  | 'done';

/** The state of a step of the approved plan. */
export type StepState =
  | { readonly is: 'waiting' }
  | { readonly is: 'running'; readonly since: string }
  | { readonly is: 'done'; readonly already: boolean; readonly seconds: number; readonly note?: string }
  | { readonly is: 'failed'; readonly seconds: number; readonly failure: FailureReport };

/** A change, folded from its events. */
export interface Change {
  readonly id: ChangeId;
  readonly state: ChangeState;
  readonly intent: Intent;
  readonly requester: Person;
  readonly channel: string;
  readonly terms?: Terms;
  readonly requestedAt: string;
  readonly endedAt?: string;
  readonly plan?: Plan;
  readonly digest?: string;
  readonly planExpires?: string;
  readonly refusal?: Refusal;
  /** Approvals so far, while more are required; empty once the change is approved. */
  readonly votes: readonly Person[];
  readonly votesNeeded?: number;
  /** Who gave the last required approval. */
  readonly approver?: Person;
  /** Everyone whose approval counted, in order. */
  readonly approvers: readonly Person[];
  readonly approval?: SignedApproval;
  readonly deniedBy?: Person;
  /** Number of approvals over the life of the change: one, plus one for each retry. */
  readonly approvals: number;
  /** Who asked to stop it at the next safe point. */
  readonly cancelAskedBy?: Person;
  readonly cancelledBy?: Person;
  readonly startedAt?: string;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly jobs: Readonly<Record<string, Jid>>;
  /** Attempts of each step, without steps that were found to be done already. */
  readonly begun: Readonly<Record<string, number>>;
  /** What existed on the nodes of an `add` before its first step. */
  readonly before?: readonly NodeBefore[];
  /** The last request to undo it. */
  readonly undoAsked?: { readonly by: Person; readonly change: ChangeId; readonly at: string };
  /** The change that has undone this one. */
  readonly undoneBy?: ChangeId;
  readonly failure?: FailureReport;
  readonly proof?: Proof;
}

/** Used as the step ID of progress while a change waits to start or resume. */
export const BEFORE_THE_STEPS = 'start';

/** A running step's progress. Only the latest counts, and it is not part of the record. */
export interface Progress {
  readonly step: string;
  readonly at: string;
  readonly done: number;
  readonly total: number;
  /** `wait` counts nothing; the note says what the step waits for. */
  readonly unit: 'bytes' | 'nodes' | 'images' | 'wait';
  /** Units per second over the last seconds. */
  readonly rate?: number;
  readonly secondsLeft?: number;
  readonly note?: string;
}
