import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import { touchedNodes } from './hold.ts';
import { closedFor, stopped } from './may-request.ts';
import { isMember, notAllowed, type PolicyContext, wrongChannel } from './people.ts';
import { type DecisionKind, isStart, type Policy, type Rules } from './policy.ts';

/**
 * May this person decide this, here and now? To stop is open to approvers and to the requester, who may take the own request back,
 * whatever is frozen; to start needs an approver who did not ask, an open window and nothing in the way.
 */
export function mayDecide(
  policy: Policy,
  kind: DecisionKind,
  change: Change,
  by: Person,
  channel: string,
  now: PolicyContext,
): Refusal | null {
  const rules = policy.verbs[change.intent.verb];
  const elsewhere = wrongChannel(rules.channels, channel) ?? notItsChannel(change, channel);
  if (elsewhere !== null) return elsewhere;
  const own = change.requester.id === by.id;
  if (!isStart(kind)) return own ? null : notAnApprover(rules, kind, by, now);
  if (own && !rules.requesterCounts) return OWN;
  return notAnApprover(rules, kind, by, now) ?? votedAlready(change, by) ?? mayStartNow(policy, change, now);
}

const OWN = refuse(
  'own-request',
  'You asked for this change, so somebody else must approve it.',
  'Ask a colleague who may approve.',
);

function notItsChannel({ channel }: Change, clicked: string): Refusal | null {
  if (channel === clicked) return null;
  return refuse(
    'wrong-channel',
    'This change is decided in the channel where it was asked for.',
    'Use its card there.',
  );
}

const notAnApprover = ({ approvers }: Rules, kind: DecisionKind, by: Person, now: PolicyContext): Refusal | null =>
  notAllowed(approvers, by, now.groups, `${kind} changes of this cluster`, 'approvers');

function votedAlready({ votes, votesNeeded }: Change, { id }: Person): Refusal | null {
  if (!votes.some((vote) => vote.id === id)) return null;
  return refuse(
    'decided-already',
    `Your approval counts already (${votes.length} of ${votesNeeded ?? votes.length}); somebody else has to approve, too.`,
  );
}

function mayStartNow(policy: Policy, change: Change, now: PolicyContext): Refusal | null {
  const { verb, cluster } = change.intent;
  return stopped(policy, cluster, touchedNodes(change), now) ?? closedFor(policy.verbs[verb], cluster, now.at);
}

/** Everybody whose approval counts at this moment, the earlier ones first: who has lost the right meanwhile does not. */
export function approvalsThatCount(
  policy: Policy,
  change: Change,
  given: readonly Person[],
  now: PolicyContext,
): readonly Person[] {
  const rules = policy.verbs[change.intent.verb];
  const each = new Map(given.map((person) => [person.id, person]));
  return [...each.values()].filter(
    (person) =>
      isMember(rules.approvers, person, now.groups) && (rules.requesterCounts || person.id !== change.requester.id),
  );
}

/** Why an approved change that has not begun must not begin any more; null when it may. */
export function whyTakenBack(policy: Policy, change: Change, now: PolicyContext): Refusal | null {
  const { approvals } = policy.verbs[change.intent.verb];
  const counting = approvalsThatCount(policy, change, change.approvers, now);
  if (counting.length < approvals) return revoked(tooFew(change.approvers, counting, approvals));
  const inTheWay = mayStartNow(policy, change, now);
  return inTheWay === null ? null : revoked(inTheWay.says);
}

function tooFew(given: readonly Person[], counting: readonly Person[], needed: number): string {
  const gone = given.filter(({ id }) => !counting.some((person) => person.id === id)).map(({ name }) => name);
  if (gone.length === 0) return `the policy asks for ${needed} approvals now, and it has ${counting.length}.`;
  return `the approval of ${gone.join(' and ')} does not count any more, by the policy or because a user group could not be read.`;
}

const revoked = (why: string): Refusal =>
  refuse('approval-withdrawn', `The approval was taken back before the start: ${why}`, 'Ask for the change again.');
