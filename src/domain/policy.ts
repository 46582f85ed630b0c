import type { Person } from './approval.ts';
import type { Change } from './change.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Who may ask and who may decide, by Slack user id. Nobody is meant by an empty list. */
export interface Policy {
  readonly requesters: readonly string[];
  readonly approvers: readonly string[];
  /** Off unless switched on: then a requester who is an approver may approve the own change. */
  readonly allowOwnApproval: boolean;
}

export function mayRequest(policy: Policy, by: Person): Refusal | null {
  if (policy.requesters.includes(by.id) || policy.approvers.includes(by.id)) return null;
  return refuse(
    'not-allowed',
    'You may not ask for changes of this cluster.',
    'Somebody who may is named in the bot’s configuration (policy.requesters).',
  );
}

/** What can be decided about a change. A retry is a new approval; deny and cancel only ever stop something. */
export const DECISIONS = ['approve', 'deny', 'retry', 'cancel'] as const;

export type DecisionKind = (typeof DECISIONS)[number];

/** To stop is open to approvers and to the requester, who may take the own request back; to start needs somebody else. */
export function mayDecide(policy: Policy, kind: DecisionKind, change: Change, by: Person): Refusal | null {
  const own = change.requester.id === by.id;
  const starts = kind === 'approve' || kind === 'retry';
  if (!starts && own) return null;
  if (starts && own && !policy.allowOwnApproval) {
    return refuse(
      'own-request',
      'You asked for this change, so somebody else must approve it.',
      'Ask a colleague who may approve.',
    );
  }
  if (policy.approvers.includes(by.id)) return null;
  return refuse(
    'not-allowed',
    `You may not ${kind} changes of this cluster.`,
    'Somebody who may is named in the bot’s configuration (policy.approvers).',
  );
}
