import type { Person } from '../../domain/change/approval.ts';
import type { ActiveHolds, RightsIn } from '../../domain/policy/active-holds.ts';
import { everyGroupOf } from '../../domain/policy/people.ts';
import { rightsIn } from '../../domain/policy/rights.ts';
import { freezeAt } from '../../domain/policy/time.ts';
import { type CircumstancePorts, policyContext } from './policy-context.ts';
import type { ClusterPorts } from './request-change.ts';

export async function activeHoldsOf({ holds, policy, clock }: ClusterPorts & CircumstancePorts): Promise<ActiveHolds> {
  return { holds: await holds.all(), freeze: freezeAt(policy.freezes, clock.now()) };
}

export async function rightsOf(
  cluster: string,
  by: Person,
  channel: string,
  ports: ClusterPorts & CircumstancePorts,
): Promise<RightsIn> {
  const now = await policyContext(everyGroupOf(ports.policy), [by.id], ports);
  const freeze = freezeAt(ports.policy.freezes, now.at);
  return { cluster, ...rightsIn(ports.policy, by, channel, now), holds: now.holds, freeze };
}
