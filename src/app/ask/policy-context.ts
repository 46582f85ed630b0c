import { either, groupsToRead, type PolicyContext } from '../../domain/policy/people.ts';
import type { HoldRules, People } from '../../domain/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Groups, Holds } from '../../ports/policy.ts';

export interface PolicyContextPorts {
  readonly groups: Groups;
  readonly holds: Pick<Holds, 'all'>;
  readonly clock: Clock;
}

/** For what only stops something: no freeze is in the way of it, not even one that cannot be read. */
export const NO_HOLDS: Pick<Holds, 'all'> = { all: async () => [] };

/** What is true now, as far as it matters for these persons; a group is read only when user ids do not tell. */
export async function policyContext(
  people: People,
  ids: readonly string[],
  { groups, holds, clock }: PolicyContextPorts,
): Promise<PolicyContext> {
  const names = groupsToRead(people, ids);
  const [held, members] = await Promise.all([holds.all(), Promise.all(names.map((name) => groups.members(name)))]);
  const read = new Map(members.map((answer, index) => [names[index] ?? '', answer]));
  return { at: clock.now(), groups: read, holds: held };
}

/** Everybody who may ask: who may approve may ask, too. */
export const thoseWhoAsk = ({ requesters, approvers }: HoldRules): People => either(requesters, approvers);
