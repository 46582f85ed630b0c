import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { Hold } from './hold.ts';
import type { People, Policy } from './policy.ts';

/** The members of a user group, or why they are not known. */
export type GroupMembers =
  | { readonly are: 'known'; readonly ids: readonly string[] }
  | { readonly are: 'unknown'; readonly why: string };

/** What is true at the moment of asking or deciding. */
export interface PolicyContext {
  readonly at: Date;
  /** Groups that were read; one that is missing counts as unknown. */
  readonly groups: ReadonlyMap<string, GroupMembers>;
  readonly holds: readonly Hold[];
}

/** Does somebody belong to these people? What cannot be told is told as that, never as a yes. */
export type Standing =
  | { readonly is: 'member' }
  | { readonly is: 'stranger' }
  | { readonly is: 'unclear'; readonly group: string; readonly why: string };

/** Groups that have to be read to tell who of these belongs to the people; none when user ids tell. */
export function groupsToRead(people: People, ids: readonly string[]): readonly string[] {
  return ids.every((id) => people.users.includes(id)) ? [] : people.groups;
}

/** Whether this person belongs to these people. */
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

/** The union of both; who is in either is in it. */
export const either = (one: People, other: People): People => ({
  users: [...new Set([...one.users, ...other.users])],
  groups: [...new Set([...one.groups, ...other.groups])],
});

/** Every user group that the policy names for anything: being named by id in one place says nothing about the others. */
export function everyGroupOf({ verbs, holds }: Policy): People {
  const rules = [...Object.values(verbs), ...Object.values(holds)];
  const groups = rules.flatMap(({ requesters, approvers }) => [...requesters.groups, ...approvers.groups]);
  return { users: [], groups: [...new Set(groups)] };
}

/** Null for a member; else why not, so that nobody is let in by a group that could not be read. */
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
      return refuse('not-allowed', `You may not ${doing}.`, `Somebody who may is named in the policy file (${list}).`);
    case 'unclear':
      return refuse(
        'group-unreadable',
        `Whether you may ${doing} cannot be told: the user group ${found.group} could not be read (${found.why}).`,
        `Try again; if it stays so, name user ids in the policy file (${list}.users).`,
      );
  }
}

/** Null where it may be asked for and decided. */
export function wrongChannel(channels: readonly string[] | null, channel: string): Refusal | null {
  if (channels === null || channels.includes(channel)) return null;
  return refuse(
    'wrong-channel',
    'Not in this channel: the policy names others for it.',
    `Go to ${channels.length === 1 ? 'the channel' : 'one of the channels'} ${channels.join(', ')}.`,
  );
}
