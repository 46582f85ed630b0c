import { isLogin } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import type { PolicyContext } from './people.ts';
import { type CallWay, DEFAULT_NOTIFY, type Notify, type People, type Policy } from './policy.ts';

/** People who are needed now. */
export interface Call extends People {
  readonly by: CallWay;
}

export const NOBODY_CALLED: Call = { by: 'none', users: [], groups: [] };

/** A larger group is mentioned as a whole, which calls everyone in it. */
const SMALL_GROUP = 8;

/** Everyone whose approval of this change would count now: nobody who cannot decide, and nobody who has decided. */
export function approversWanted(policy: Policy, change: Change, groups: PolicyContext['groups']): Call {
  const { approvers, requesterCounts } = policy.verbs[change.intent.verb];
  const known = approvers.groups.map((group) => ({ group, members: smallGroup(groups, group) }));
  const all = [...approvers.users, ...known.flatMap(({ members }) => members ?? [])];
  const isOut = (id: string) =>
    change.votes.some((vote) => vote.id === id) || (id === change.requester.id && !requesterCounts);
  return {
    by: notifyOf(policy).by,
    users: [...new Set(all)].filter((id) => !isOut(id)),
    groups: known.flatMap(({ group, members }) => (members === null ? [group] : [])),
  };
}

/** The requester, and those who approved: people who want to know how it goes. */
export function peopleOf(policy: Policy, { requester, approvers }: Change): Call {
  // A login has no place in Slack.
  const users = [requester, ...approvers].map(({ id }) => id).filter((id) => !isLogin(id));
  return { by: notifyOf(policy).by, users: [...new Set(users)], groups: [] };
}

/** True from a while before the plan expires, but not in the first half of its life. */
export function isReminderDue(policy: Policy, { state, plannedAt, planExpires }: Change, now: Date): boolean {
  const { by, remindMs } = notifyOf(policy);
  if (state !== 'planned' || by === 'none') return false;
  const [from, to] = [Date.parse(plannedAt ?? ''), Date.parse(planExpires ?? '')];
  const due = Math.max(to - remindMs, from + (to - from) / 2);
  return now.getTime() >= due && now.getTime() < to;
}

const notifyOf = ({ notify }: Policy): Notify => notify ?? DEFAULT_NOTIFY;

function smallGroup(groups: PolicyContext['groups'], group: string): readonly string[] | null {
  const members = groups.get(group);
  return members?.are === 'known' && members.ids.length <= SMALL_GROUP ? members.ids : null;
}
