import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { Intent, Verb } from '../plan/intent.ts';
import { count, utc } from '../text/format.ts';
import { holdInWords, holdOn, isUnread, refusedBy, waysOut } from './hold.ts';
import { either, isMember, notAllowed, type PolicyContext, wrongChannel } from './people.ts';
import type { Policy, Rules } from './policy.ts';
import { freezeAt, freezeInWords, nextOpening, opensAt, windowInWords } from './time.ts';

/** Null if this person may request changes with this verb here, at any time. */
export function mayAsk(
  policy: Policy,
  verb: Verb,
  by: Person,
  channel: string | null,
  now: PolicyContext,
): Refusal | null {
  const { channels, requesters, approvers } = policy.verbs[verb];
  const people = either(requesters, approvers);
  return (
    wrongChannel(channels, channel) ??
    notAllowed(people, by, now.groups, 'request changes of this cluster', 'requesters')
  );
}

/** Null if this person may request this change here and now. Approvers may request too. */
export function mayRequest(
  policy: Policy,
  { verb, cluster, nodes }: Intent,
  by: Person,
  channel: string | null,
  now: PolicyContext,
): Refusal | null {
  const rules = policy.verbs[verb];
  const refusal = mayAsk(policy, verb, by, channel, now) ?? stopped(policy, cluster, nodes, now);
  // In an emergency, this person needs neither a window nor others.
  if (refusal !== null || (rules.breakGlass !== undefined && isMember(rules.breakGlass.by, by, now.groups)))
    return refusal;
  return (
    notApprovable(rules, by, now) ?? closedFor(rules, cluster, now.at, new Date(now.at.getTime() + rules.planLivesMs))
  );
}

/** Null if enough people could approve a change of this requester, as far as is known. */
function notApprovable(
  { approvers, approvals, requesterCounts }: Rules,
  by: Person,
  now: PolicyContext,
): Refusal | null {
  const members = approvers.groups.map((group) => now.groups.get(group));
  const known = members.flatMap((one) => (one?.are === 'known' ? one.ids : []));
  if (members.some((one) => one?.are !== 'known')) return null;
  const can = new Set([...approvers.users, ...known]);
  if (!requesterCounts) can.delete(by.id);
  if (can.size >= approvals) return null;
  const who =
    can.size === 0
      ? 'nobody else is an approver'
      : `only ${count(can.size, 'other person', 'other people')} may approve`;
  return refuse(
    'not-approvable',
    `A change that you request needs ${count(approvals, 'approval')} by other people, and ${who}. It could never start.`,
    'Ask somebody who is no approver to request it, or name more approvers in the policy file.',
  );
}

/** Null unless a freeze or lock, by hand or in the policy file, covers one of the nodes. */
export function stopped(
  { freezes }: Policy,
  cluster: string,
  nodes: readonly string[],
  { holds, at }: PolicyContext,
): Refusal | null {
  const hold = holdOn(nodes, holds);
  if (hold !== null) {
    const also = isUnread(hold) || hold.node === null ? '' : ' Restarting its container engine counts.';
    const says = `${holdInWords(hold, cluster)} No change that touches it may start.${also}`;
    return refuse(refusedBy(hold), says, waysOut(hold));
  }
  const planned = freezeAt(freezes, at);
  if (planned === null) return null;
  return refuse(
    'frozen',
    `The cluster ${cluster} is ${freezeInWords(planned)}.`,
    'This freeze is in the policy file. Wait until it ends, or edit the file and restart the bot.',
  );
}

/** Null when a maintenance window is open, or opens before `until`, so that a plan can be ready and approved for it. */
export function closedFor({ windows }: Pick<Rules, 'windows'>, cluster: string, at: Date, until = at): Refusal | null {
  if (opensAt(windows, at, until) !== 'never') return null;
  const next = nextOpening(windows, at);
  return refuse(
    'outside-window',
    `Changes of ${cluster} start only in its maintenance windows: ${windows.map(windowInWords).join('; ')}.`,
    next === null
      ? 'Check the windows in the policy file.'
      : `Wait for the next window: it opens at ${utc(next.toISOString())}.`,
  );
}
