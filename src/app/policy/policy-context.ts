import { inForce } from '../../domain/policy/hold.ts';
import { either, groupsToRead, type PolicyContext } from '../../domain/policy/people.ts';
import type { HoldRules, People } from '../../domain/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Groups, Holds } from '../../ports/policy.ts';

export interface PolicyContextPorts {
  readonly groups: Pick<Groups, 'members'>;
  readonly holds: Pick<Holds, 'all'>;
  readonly clock: Clock;
}

/** Where holds do not matter: for rights, and for decisions that only stop something: no freeze blocks them, not even an unreadable one. */
export const NO_HOLDS: Pick<Holds, 'all'> = { all: async () => [] };

/** The current context for these persons. A user group is read only if user IDs do not decide. */
export async function policyContext(
  people: People,
  ids: readonly string[],
  { groups, holds, clock }: PolicyContextPorts,
): Promise<PolicyContext> {
  const names = groupsToRead(people, ids);
  const [held, members] = await Promise.all([holds.all(), Promise.all(names.map((name) => groups.members(name)))]);
  const read = new Map(members.map((answer, index) => [names[index] ?? '', answer]));
  const at = clock.now();
  return { at, groups: read, holds: inForce(held, at) };
}

/** Everyone who may request. Approvers may, too. */
export const thoseWhoAsk = ({ requesters, approvers }: HoldRules): People => either(requesters, approvers);
