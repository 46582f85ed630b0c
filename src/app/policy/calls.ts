import type { Change } from '../../domain/change/change.ts';
import { approversWanted, type Call, NOBODY_CALLED, peopleOf } from '../../domain/policy/call.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Groups } from '../../ports/policy.ts';

/** For a decision: who may approve or retry. For news: who asked and who approved. */
export interface Calls {
  readonly toDecide: Call;
  readonly toKnow: Call;
}

export const NO_CALLS: Calls = { toDecide: NOBODY_CALLED, toKnow: NOBODY_CALLED };

/** The people of a change. A group that cannot be read is called as a whole. */
export async function callsFor(
  change: Change,
  { policy, groups }: { readonly policy: Policy; readonly groups: Pick<Groups, 'spare'> },
): Promise<Calls> {
  const names = policy.verbs[change.intent.verb].approvers.groups;
  const read = await Promise.all(names.map(async (name) => [name, await groups.spare(name)] as const));
  return { toDecide: approversWanted(policy, change, new Map(read)), toKnow: peopleOf(policy, change) };
}
