import { good, unknown, type Verdict, wrong } from '../../domain/answers/verdict.ts';
import type { GroupMembers } from '../../domain/policy/people.ts';
import type { Policy, Rules } from '../../domain/policy/policy.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { SlackSite, TokenSeen } from '../../ports/doctor/slack.ts';
import type { Groups } from '../../ports/policy.ts';
import { type Check, check, type Room, shared } from './check.ts';
import { groupsIn } from './slack.ts';

export interface PolicyPorts {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly groups: Groups;
  readonly site: SlackSite;
  readonly token: (signal: AbortSignal) => Promise<TokenSeen>;
}

/** The policy: whether its people and groups exist, and whether every request can get enough approvals. */
export const policyRoom = ({ policies, groups, site, token }: PolicyPorts): Room => ({
  name: 'policy',
  async checks(signal) {
    const read = new Map(groupsIn(policies).map((id) => [id, shared(() => groups.members(id))] as const));
    const seen = await token(signal);
    const seesPeople = seen.is === 'good' && seen.scopes?.includes('users:read') === true;
    const members = async () =>
      new Map(await Promise.all([...read].map(async ([id, look]) => [id, await look(signal)] as const)));
    return [
      ...(seesPeople ? peopleIn(policies).map((id) => person(id, site)) : []),
      ...[...read].map(([id, look]) => check(`group ${id}`, look, (found) => group(id, found))),
      ...[...policies].map(([name, policy]) =>
        check(`${name} approvers`, members, (known) => approvers(name, policy, known)),
      ),
    ];
  },
});

function peopleIn(policies: ReadonlyMap<string, Policy>): readonly string[] {
  const rules = [...policies.values()].flatMap(({ verbs, holds }) => [
    ...Object.values(verbs),
    ...Object.values(holds),
  ]);
  return [...new Set(rules.flatMap(({ requesters, approvers: some }) => [...requesters.users, ...some.users]))];
}

const person = (id: string, site: SlackSite): Check =>
  check(
    `person ${id}`,
    (signal) => site.hasPerson(id, signal),
    (says) => {
      if (says.is === 'yes') return good('Exists, and is active');
      if (says.is === 'unknown') return unknown(`Not checked: ${says.why}.`);
      const what = says.code === 'account_inactive' ? 'is deactivated' : `is not known to Slack (${says.code})`;
      return wrong(`${id} ${what}.`, 'Correct the ID in the policy file, or remove it.');
    },
  );

function group(id: string, found: GroupMembers): Verdict {
  if (found.are === 'unknown')
    return unknown(
      `The group ${id} could not be read: ${found.why}.`,
      'Fix the cause, or list user IDs in the policy file.',
    );
  if (found.ids.length === 0) return wrong(`The group ${id} has no member.`, 'Add members to the group in Slack.');
  return good(count(found.ids.length, 'member'));
}

type Known = ReadonlyMap<string, GroupMembers>;

/** A verb that nobody could get approved is a verb that nobody can use. */
function approvers(cluster: string, { verbs }: Policy, known: Known): Verdict {
  const judged = Object.entries(verbs).map(([verb, rules]) => ({ verb, ...ofVerb(rules, known) }));
  const few = judged.filter(({ is }) => is === 'few');
  if (few.length > 0)
    return wrong(
      `Nobody could approve ${listed(few.map(({ verb }) => verb))} in ${cluster}: ${few[0]?.says ?? ''}`,
      'Name more approvers in the policy file, or require fewer approvals.',
    );
  const unread = judged.filter(({ is }) => is === 'unread');
  if (unread.length > 0)
    return unknown(`Not known for ${listed(unread.map(({ verb }) => verb))}: a group could not be read.`);
  return good('Enough for every verb');
}

function ofVerb(rules: Rules, known: Known): { readonly is: 'enough' | 'few' | 'unread'; readonly says: string } {
  const read = (people: Rules['approvers']) => people.groups.map((id) => known.get(id));
  const all = (people: Rules['approvers']) => [
    ...people.users,
    ...read(people).flatMap((found) => (found?.are === 'known' ? found.ids : [])),
  ];
  const able = new Set(all(rules.approvers));
  // A requester who is no approver, or an approver more than needed.
  const canOthersAsk = rules.requesterCounts || all(rules.requesters).some((id) => !able.has(id));
  const needed = rules.approvals + (canOthersAsk ? 0 : 1);
  if (able.size >= needed) return { is: 'enough', says: '' };
  const isUnread = [...read(rules.approvers), ...read(rules.requesters)].some((found) => found?.are !== 'known');
  if (isUnread) return { is: 'unread', says: '' };
  const wanted = `${count(rules.approvals, 'approval is', 'approvals are')} needed`;
  return {
    is: 'few',
    says: `${wanted}, and there ${able.size === 1 ? 'is one approver' : `are ${able.size} approvers`}.`,
  };
}
