import { type Refusal, refuse, refuseAndName } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import { listed } from '../text/format.ts';
import { approversWanted } from './call.ts';
import { touchedNodes } from './hold.ts';
import { closedFor, stopped } from './may-request.ts';
import { isMember, notAllowed, type PolicyContext, standing, wrongChannel } from './people.ts';
import { type DecisionKind, decidersOf, isStart, type Policy, type Rules } from './policy.ts';
import { opensAt } from './time.ts';

/**
 * Null if this person may take this decision here and now. Approvers and the requester may deny or cancel, even during a freeze, and
 * even when the policy has moved the cluster to another channel: the card stays where it is.
 * Approve and retry require an approver who is not the requester, a window that is open or opens before the plan expires, and no freeze
 * or lock. Breaking glass requires only that the policy allows it to this person, and no freeze or lock.
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
  const elsewhere = (isStart(kind) ? closedTo(rules, change, channel) : null) ?? notItsChannel(change, channel);
  if (elsewhere !== null) return elsewhere;
  if (kind === 'break-glass') return notAGlassBreaker(rules, by, now) ?? held(policy, change, now);
  const own = change.requester.id === by.id;
  if (!isStart(kind)) return own ? null : notAnApprover(rules, kind, by, now);
  if (own && !rules.requesterCounts) return ownRequest(policy, change, now);
  return (
    notAnApprover(rules, kind, by, now) ??
    votedAlready(policy, change, by, now) ??
    held(policy, change, now) ??
    closedFor(rules, change.intent.cluster, now.at, endOf(change, now))
  );
}

const ownRequest = (policy: Policy, change: Change, { groups }: PolicyContext): Refusal =>
  refuseAndName(
    'own-request',
    'You requested this change, so another person must approve it.',
    approversWanted(policy, change, groups),
    'Ask another approver.',
  );

const notAGlassBreaker = (rules: Rules, by: Person, now: PolicyContext): Refusal | null =>
  notAllowed(decidersOf(rules, 'break-glass'), by, now.groups, 'break glass in this cluster', 'breakGlass');

/** The policy may name other channels since the change was requested. Its card cannot move. */
function closedTo({ channels }: Rules, change: Change, clicked: string): Refusal | null {
  const refusal = wrongChannel(channels, clicked);
  if (refusal === null || channels === null || change.channel !== clicked) return refusal;
  const where = `${channels.length === 1 ? 'the channel' : 'one of the channels'} ${channels.join(', ')}`;
  return refuse(
    'wrong-channel',
    'The policy no longer allows this in this channel.',
    `Click Deny or Cancel on this card, then request the change again in ${where}.`,
  );
}

function notItsChannel({ channel }: Change, clicked: string): Refusal | null {
  if (channel === clicked) return null;
  return refuse(
    'wrong-channel',
    'This change can be decided only in the channel where it was requested.',
    'Use its card in that channel.',
  );
}

const notAnApprover = ({ approvers }: Rules, kind: DecisionKind, by: Person, now: PolicyContext): Refusal | null =>
  notAllowed(approvers, by, now.groups, `${kind} changes of this cluster`, 'approvers');

function votedAlready(policy: Policy, change: Change, { id }: Person, { groups }: PolicyContext): Refusal | null {
  const { votes, votesNeeded } = change;
  if (!votes.some((vote) => vote.id === id)) return null;
  return refuseAndName(
    'decided-already',
    `Your approval already counts (${votes.length} of ${votesNeeded ?? votes.length}). Another person must approve too.`,
    approversWanted(policy, change, groups),
    'Ask another approver.',
  );
}

const held = (policy: Policy, change: Change, now: PolicyContext): Refusal | null =>
  stopped(policy, change.intent.cluster, touchedNodes(change), now);

const endOf = ({ planExpires }: Change, { at }: Pick<PolicyContext, 'at'>): Date =>
  planExpires === undefined ? at : new Date(planExpires);

/** When a change that is approved now starts because its next window opens; null for at once, or never. */
export function startsAt(policy: Policy, change: Change, at: Date): Date | null {
  const opens = opensAt(policy.verbs[change.intent.verb].windows, at, endOf(change, { at }));
  return opens === 'never' ? null : opens;
}

/** Everyone whose approval counts now, in order. The approval of a person without permission does not count. */
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

/**
 * Why the approval of a change that has not started must be revoked; null when it may start now. `early` until the window opens for which
 * it was approved. `unclear` until it expires while it depends on user groups that cannot be read.
 */
export function whyRevoked(policy: Policy, change: Change, now: PolicyContext): Refusal | 'early' | 'unclear' | null {
  const { verb, cluster } = change.intent;
  const { approvals, approvers } = policy.verbs[verb];
  const stop = held(policy, change, now);
  if (stop !== null) return revoked(stop.says);
  if (change.approval?.approval.breakGlass !== undefined) return whyGlassIsWhole(policy, change, now);
  const isEarly = isWaiting(change, now.at);
  const closed = isEarly ? null : closedFor(policy.verbs[verb], cluster, now.at);
  if (closed !== null) return revoked(closed.says);
  const counting = approvalsThatCount(policy, change, change.approvers, now);
  if (counting.length >= approvals) return isEarly ? 'early' : null;
  const unclear = change.approvers.filter(({ id }) => standing(approvers, id, now.groups).is === 'unclear');
  const hasExpired = !(Date.parse(change.approval?.approval.expires ?? '') > now.at.getTime());
  if (counting.length + unclear.length >= approvals && !hasExpired) return 'unclear';
  return revoked(tooFew(change.approvers, counting, unclear, approvals));
}

/** The same, for a change that one person approved by breaking glass. */
function whyGlassIsWhole(policy: Policy, change: Change, now: PolicyContext): Refusal | 'unclear' | null {
  const by = change.approver;
  const refusal = by === undefined ? null : notAGlassBreaker(policy.verbs[change.intent.verb], by, now);
  if (refusal === null) return null;
  const hasExpired = !(Date.parse(change.approval?.approval.expires ?? '') > now.at.getTime());
  if (refusal.refused === 'group-unreadable' && !hasExpired) return 'unclear';
  return revoked(`${by?.name ?? 'the approver'} may not break glass any more, or a user group could not be read.`);
}

/** Whether it was approved for a window that opens later. */
const isWaiting = ({ approval }: Change, at: Date): boolean =>
  Date.parse(approval?.approval.notBefore ?? '') > at.getTime();

function tooFew(
  given: readonly Person[],
  counting: readonly Person[],
  unclear: readonly Person[],
  needed: number,
): string {
  const isIn = (people: readonly Person[], { id }: Person) => people.some((person) => person.id === id);
  const gone = given.filter((one) => !isIn(counting, one));
  const lost = gone.filter((one) => !isIn(unclear, one)).map(({ name }) => name);
  if (gone.length === 0) return `the policy now requires ${needed} approvals, and the change has ${counting.length}.`;
  if (lost.length > 0)
    return `the approval of ${listed(lost)} no longer counts, because the policy or the members of a user group have changed.`;
  const names = listed(gone.map(({ name }) => name));
  return `the approval of ${names} has expired while a user group could not be read.`;
}

const revoked = (why: string): Refusal =>
  refuse('approval-withdrawn', `The approval was revoked before the start: ${why}`, 'Request the change again.');
