import type { Verb } from '../plan/intent.ts';
import type { MaintenanceWindow, PlannedFreeze } from './time.ts';

/** What only keeps changes from starting. */
export const HOLD_VERBS = ['freeze', 'lock'] as const;

export type HoldVerb = (typeof HOLD_VERBS)[number];

/** Persons, by Slack user id or as members of a user group. Nobody is meant by two empty lists. */
export interface People {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Who may do something, and where. */
export interface HoldRules {
  /** Channels in which it may be asked for and decided; null: wherever the bot is. */
  readonly channels: readonly string[] | null;
  readonly requesters: People;
  readonly approvers: People;
}

/** The rules for one verb of one cluster. */
export interface Rules extends HoldRules {
  /** How many people have to approve. */
  readonly approvals: number;
  /** Off unless switched on: then a requester who is an approver is one of them. */
  readonly requesterCounts: boolean;
  readonly planLivesMs: number;
  readonly approvalLivesMs: number;
  /** None: at any time. */
  readonly windows: readonly MaintenanceWindow[];
}

/** Who may do what with one cluster, and when. */
export interface Policy {
  readonly verbs: Readonly<Record<Verb, Rules>>;
  readonly holds: Readonly<Record<HoldVerb, HoldRules>>;
  readonly freezes: readonly PlannedFreeze[];
}

/** What can be decided about a change. A retry is a new approval; deny and cancel only ever stop something. */
export const DECISIONS = ['approve', 'deny', 'retry', 'cancel'] as const;

export type DecisionKind = (typeof DECISIONS)[number];

/** Does this decision set something going? Only such a one needs several people, an open window and no freeze. */
export const isStart = (kind: DecisionKind): boolean => kind === 'approve' || kind === 'retry';
