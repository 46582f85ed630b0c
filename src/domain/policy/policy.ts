import type { EngineOrder, Verb } from '../plan/intent.ts';
import type { DailyCheck, MaintenanceWindow, PlannedFreeze } from './time.ts';

export const HOLD_VERBS = ['freeze', 'lock'] as const;

export type HoldVerb = (typeof HOLD_VERBS)[number];

/** People by Slack user ID or user group. Two empty lists mean nobody. */
export interface People {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Who may do something, and where. */
export interface HoldRules {
  /** Channels for requests and decisions; null means every channel that the bot is in. */
  readonly channels: readonly string[] | null;
  readonly requesters: People;
  readonly approvers: People;
}

/** Who may approve alone in an emergency, also outside the windows, and who is called then. */
export interface BreakGlass {
  readonly by: People;
  readonly tell: People;
}

/** The rules for one verb of one cluster. */
export interface Rules extends HoldRules {
  readonly approvals: number;
  /** If true, the approval of a requester who is an approver counts. */
  readonly requesterCounts: boolean;
  readonly planLivesMs: number;
  readonly approvalLivesMs: number;
  /** An empty list means any time. */
  readonly windows: readonly MaintenanceWindow[];
  /** Left out: nobody may. */
  readonly breakGlass?: BreakGlass;
}

/** How people are told that they are needed: in the card's thread, by direct messages, or not at all. */
export const CALL_WAYS = ['thread', 'direct', 'none'] as const;

export type CallWay = (typeof CALL_WAYS)[number];

/** How people are told that a decision of theirs is wanted. */
export interface Notify {
  readonly by: CallWay;
  /** How long before a plan expires they are reminded. */
  readonly remindMs: number;
}

export const DEFAULT_NOTIFY: Notify = { by: 'thread', remindMs: 15 * 60_000 };

/** Who may do what with one cluster, and when. */
export interface Policy {
  readonly verbs: Readonly<Record<Verb, Rules>>;
  readonly holds: Readonly<Record<HoldVerb, HoldRules>>;
  readonly freezes: readonly PlannedFreeze[];
  /** How engines are reconfigured unless the request says otherwise; left out: all at about the same time. */
  readonly engines?: EngineOrder;
  /** The channel for news about the cluster itself; without it there are none. */
  readonly alerts?: string;
  /** How people are told that a decision of theirs is wanted; a default when left out. */
  readonly notify?: Notify;
  /** When registries are verified every day; never when left out. */
  readonly daily?: DailyCheck;
}

/** Decisions about a change. A retry is a new approval; deny and cancel only stop a change; break-glass is the approval of one person alone. */
export const DECISIONS = ['approve', 'deny', 'retry', 'cancel', 'break-glass'] as const;

export type DecisionKind = (typeof DECISIONS)[number];

/** Only a decision that starts something is stopped by a freeze. */
export const isStart = (kind: DecisionKind): boolean =>
  kind === 'approve' || kind === 'retry' || kind === 'break-glass';

/** The people among whom this decision is taken. Nobody may break glass unless the policy says so. */
export const decidersOf = ({ approvers, breakGlass }: Rules, kind: DecisionKind): People =>
  kind === 'break-glass' ? (breakGlass?.by ?? NOBODY) : approvers;

const NOBODY: People = { users: [], groups: [] };
