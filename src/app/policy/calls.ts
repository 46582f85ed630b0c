import type { Change } from '../../domain/change/change.ts';
import { approversWanted, type Call, NOBODY_CALLED, peopleOf } from '../../domain/policy/call.ts';
import type { People, Policy } from '../../domain/policy/policy.ts';
import type { Groups } from '../../ports/policy.ts';

/** For a decision: who may approve or retry. For news: who requested and who approved. */
export interface Calls {
  readonly toDecide: Call;
  readonly toKnow: Call;
  /** Those whom the policy calls when somebody breaks glass. */
  readonly toTell: People;
}

export const NO_CALLS: Calls = { toDecide: NOBODY_CALLED, toKnow: NOBODY_CALLED, toTell: NOBODY_CALLED };

/** The people of a change. A group that cannot be read is called as a whole. */
export async function callsFor(
  change: Change,
  { policy, groups }: { readonly policy: Policy; readonly groups: Pick<Groups, 'spare'> },
): Promise<Calls> {
  const { approvers, breakGlass } = policy.verbs[change.intent.verb];
  const names = approvers.groups;
  const read = await Promise.all(names.map(async (name) => [name, await groups.spare(name)] as const));
  return {
    toDecide: approversWanted(policy, change, new Map(read)),
    toKnow: peopleOf(policy, change),
    toTell: breakGlass?.tell ?? NOBODY_CALLED,
  };
}
