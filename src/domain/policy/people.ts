import { type Refusal, refuse, refuseAndName } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { KeptHold } from './hold.ts';
import type { People, Policy } from './policy.ts';

/** The members of a user group, or why they are not known. */
export type GroupMembers =
  | { readonly are: 'known'; readonly ids: readonly string[] }
  | { readonly are: 'unknown'; readonly why: string };

/** The situation at the moment of a request or decision. */
export interface PolicyContext {
  readonly at: Date;
  /** User groups that were read. A missing group counts as unknown. */
  readonly groups: ReadonlyMap<string, GroupMembers>;
  readonly holds: readonly KeptHold[];
}

/** Whether a person is one of these people. `unclear` never gives permission. */
export type Standing =
  | { readonly is: 'member' }
  | { readonly is: 'stranger' }
  | { readonly is: 'unclear'; readonly group: string; readonly why: string };

/** User groups that must be read to decide about these IDs; none if every ID is listed. */
export function groupsToRead(people: People, ids: readonly string[]): readonly string[] {
  return ids.every((id) => people.users.includes(id)) ? [] : people.groups;
}

export function standing(people: People, id: string, groups: PolicyContext['groups']): Standing {
  if (people.users.includes(id)) return { is: 'member' };
  const read = people.groups.map((group) => ({ group, members: groups.get(group) ?? NOT_READ }));
  if (read.some(({ members }) => members.are === 'known' && members.ids.includes(id))) return { is: 'member' };
  for (const { group, members } of read) {
    if (members.are === 'unknown') return { is: 'unclear', group, why: members.why };
  }
  return { is: 'stranger' };
}

const NOT_READ: GroupMembers = { are: 'unknown', why: 'it was not read' };

export const isMember = (people: People, { id }: Pick<Person, 'id'>, groups: PolicyContext['groups']): boolean =>
  standing(people, id, groups).is === 'member';

/** The union of both. */
export const either = (one: People, other: People): People => ({
  users: [...new Set([...one.users, ...other.users])],
  groups: [...new Set([...one.groups, ...other.groups])],
});

/** Every user group in the policy. A person listed by ID in one rule may need a group in another. */
export function everyGroupOf({ verbs, holds }: Policy): People {
  const rules = [...Object.values(verbs), ...Object.values(holds)];
  const glass = Object.values(verbs).flatMap(({ breakGlass }) => breakGlass?.by.groups ?? []);
  const groups = [
    ...rules.flatMap(({ requesters, approvers }) => [...requesters.groups, ...approvers.groups]),
    ...glass,
  ];
  return { users: [], groups: [...new Set(groups)] };
}

/** User groups that say what this person may do in this channel; none for a rule that lists the person by ID. */
export function groupsFor({ verbs, holds }: Policy, id: string, channel: string | null): People {
  const here = [...Object.values(verbs), ...Object.values(holds)].filter(({ channels }) => isHere(channels, channel));
  const groups = here.flatMap(({ requesters, approvers }) => {
    if (approvers.users.includes(id)) return [];
    return requesters.users.includes(id) ? approvers.groups : [...requesters.groups, ...approvers.groups];
  });
  return { users: [], groups: [...new Set(groups)] };
}

/** Null for a member. A group that could not be read gives nobody permission. */
export function notAllowed(
  people: People,
  by: Person,
  groups: PolicyContext['groups'],
  doing: string,
  list: string,
): Refusal | null {
  const found = standing(people, by.id, groups);
  switch (found.is) {
    case 'member':
      return null;
    case 'stranger':
      return refuseAndName(
        'not-allowed',
        `You may not ${doing}.`,
        people,
        `Ask a person who is listed in the policy file (${list}).`,
      );
    case 'unclear':
      return refuse(
        'group-unreadable',
        `The bot cannot check whether you may ${doing}: the user group ${found.group} could not be read (${found.why}).`,
        `Try again. If the error persists, list user IDs in the policy file (${list}.users).`,
      );
  }
}

/** Whether the policy allows this in this channel, or there is no channel. */
export const isHere = (channels: readonly string[] | null, channel: string | null): boolean =>
  channels === null || channel === null || channels.includes(channel);

/** Null in a channel where the policy allows this, and where there is no channel. */
export function wrongChannel(channels: readonly string[] | null, channel: string | null): Refusal | null {
  if (channels === null || isHere(channels, channel)) return null;
  return refuse(
    'wrong-channel',
    'The policy does not allow this in this channel.',
    `Use ${channels.length === 1 ? 'the channel' : 'one of the channels'} ${channels.join(', ')}.`,
  );
}
