import type { Person } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import type { ActiveHolds, RightsIn } from '../../domain/policy/active-holds.ts';
import { startsAt } from '../../domain/policy/decide.ts';
import { approversOf, heldBack } from '../../domain/policy/held-back.ts';
import { inForce } from '../../domain/policy/hold.ts';
import { groupsFor } from '../../domain/policy/people.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { rightsIn } from '../../domain/policy/rights.ts';
import { freezeAt } from '../../domain/policy/time.ts';
import type { Groups } from '../../ports/policy.ts';
import { NO_HOLDS, type PolicyContextPorts, policyContext } from './policy-context.ts';

interface PolicedPorts extends PolicyContextPorts {
  readonly policy: Policy;
  readonly groups: Groups;
}

export async function activeHoldsOf({ holds, policy, clock }: PolicedPorts): Promise<ActiveHolds> {
  const at = clock.now();
  return { holds: inForce(await holds.all(), at), freeze: freezeAt(policy.freezes, at) };
}

/** What keeps this change from starting now: holds, a freeze, a window that opens later, and a user group that cannot be read; and whether glass may be broken for it. */
export async function whatHolds(change: Change, ports: PolicedPorts): Promise<ActiveHolds> {
  const opens = startsAt(ports.policy, change, ports.clock.now());
  const mayBreakGlass = ports.policy.verbs[change.intent.verb].breakGlass !== undefined;
  const waits = change.state === 'approved' ? await unreadFor(change, ports) : null;
  const held = { ...(await activeHoldsOf(ports)), mayBreakGlass, ...(waits === null ? {} : { heldBack: waits }) };
  return opens === null ? held : { ...held, opens: opens.toISOString() };
}

async function unreadFor(change: Change, ports: PolicedPorts): Promise<string | null> {
  const ids = change.approvers.map(({ id }) => id);
  return heldBack(ports.policy, change, await policyContext(approversOf(ports.policy, change), ids, ports));
}

export async function rightsOf(
  cluster: string,
  by: Person,
  channel: string | null,
  ports: PolicedPorts,
): Promise<RightsIn> {
  const groups = { members: (group: string) => ports.groups.spare(group) };
  const now = await policyContext(groupsFor(ports.policy, by.id, channel), [by.id], { ...ports, groups });
  const freeze = freezeAt(ports.policy.freezes, now.at);
  return { cluster, ...rightsIn(ports.policy, by, channel, now), holds: now.holds, freeze };
}

/** A person's rights in many clusters, without holds: those with the same policy are found out once. */
export function rightsInEach(
  by: Person,
  channel: string | null,
  { clock }: Pick<PolicedPorts, 'clock'>,
): (cluster: string, its: Pick<PolicedPorts, 'policy' | 'groups'>) => Promise<RightsIn> {
  const known = new Map<Policy, Promise<RightsIn>>();
  return async (cluster, { policy, groups }) => {
    const found = known.get(policy) ?? rightsOf(cluster, by, channel, { policy, groups, clock, holds: NO_HOLDS });
    known.set(policy, found);
    return { ...(await found), cluster };
  };
}
