import type { FailureReport } from '../answers/failure-report.ts';
import type { Refusal } from '../answers/refusal.ts';
import type { NodeBefore } from '../cluster/node-before.ts';
import type { Jid } from '../cluster/salt.ts';
import type { Intent } from '../plan/intent.ts';
import type { Plan } from '../plan/plan.ts';
import type { Person, SignedApproval } from './approval.ts';

/** `<cluster>-<six characters>`, so that an id tells its cluster. */
export type ChangeId = string;

/** What the end of a change proved. */
export interface Proof {
  readonly served: number;
  readonly expected: number;
  readonly archives: number;
  readonly engines: number;
  readonly engineTotal: number;
  readonly blobs: number;
}

/** What the policy demanded when the change was asked for; the card and the worker's planning go by it, a decision never does. */
export interface Terms {
  readonly approvals: number;
  readonly planLivesMs: number;
}

/** Where a change's card hangs in Slack. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** Everything that can happen to a change. `at` is an ISO time. */
export type ChangeEvent = { readonly at: string } & (
  | {
      readonly type: 'requested';
      readonly id: ChangeId;
      readonly intent: Intent;
      readonly requester: Person;
      readonly channel: string;
      readonly terms?: Terms;
      /** In a worker's journal, and where a worker tells it again: so that the card is found without Redis. */
      readonly card?: MessageRef;
      /** A worker tells the change once more, because Redis had lost its record; so often had it been approved until then. */
      readonly retold?: { readonly approvals: number };
    }
  | { readonly type: 'planned'; readonly plan: Plan; readonly digest: string; readonly expires: string }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | {
      /** One of several approvals that are needed; `counts` names everybody whose approval counts then, this one included. */
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

/** How far a step of the approved plan has come. */
export type StepState =
  | { readonly is: 'waiting' }
  | { readonly is: 'running'; readonly since: string }
  | { readonly is: 'done'; readonly already: boolean; readonly seconds: number; readonly note?: string }
  | { readonly is: 'failed'; readonly seconds: number; readonly failure: FailureReport };

/** A change as its events tell it. */
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
  /** Approvals given while more are needed; empty once it is approved. */
  readonly votes: readonly Person[];
  readonly votesNeeded?: number;
  /** Who gave the last approval that was needed. */
  readonly approver?: Person;
  /** Everybody whose approval counted, the last one last. */
  readonly approvers: readonly Person[];
  readonly approval?: SignedApproval;
  readonly deniedBy?: Person;
  /** How often it was approved: the first time, and for each retry. */
  readonly approvals: number;
  /** Somebody wants it to stop at the next safe point. */
  readonly cancelAskedBy?: Person;
  readonly cancelledBy?: Person;
  readonly startedAt?: string;
  readonly steps: Readonly<Record<string, StepState>>;
  readonly jobs: Readonly<Record<string, Jid>>;
  /** How often each step was begun, but for steps that were found to be so before anything was done. */
  readonly begun: Readonly<Record<string, number>>;
  /** What was on the nodes of an `add` before its first step. */
  readonly before?: readonly NodeBefore[];
  /** Who asked last for its undo, and the change that does it. */
  readonly undoAsked?: { readonly by: Person; readonly change: ChangeId; readonly at: string };
  /** The change that has taken back what this one had done. */
  readonly undoneBy?: ChangeId;
  readonly failure?: FailureReport;
  readonly proof?: Proof;
}

/** Stands in for a step while a change waits before its first one, or before it goes on. */
export const BEFORE_THE_STEPS = 'start';

/** A running step's progress: the last word wins, it is never part of the record. */
export interface Progress {
  readonly step: string;
  readonly at: string;
  readonly done: number;
  readonly total: number;
  /** `wait`: nothing is counted, the note says what is waited for. */
  readonly unit: 'bytes' | 'nodes' | 'images' | 'wait';
  /** Units per second over the last seconds. */
  readonly rate?: number;
  readonly secondsLeft?: number;
  readonly note?: string;
}
