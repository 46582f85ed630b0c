import type { Person } from '../../domain/change/approval.ts';
import type { Hold } from '../../domain/policy/hold.ts';
import { everyGroupOf } from '../../domain/policy/people.ts';
import { type RightsInCluster, rightsIn } from '../../domain/policy/rights.ts';
import { freezeAt, type PlannedFreeze } from '../../domain/policy/time.ts';
import { type CircumstancePorts, policyContext } from './policy-context.ts';
import type { ClusterPorts } from './request-change.ts';

/** What keeps changes of a cluster from starting: by hand, and by the policy file. */
export interface ActiveHolds {
  readonly holds: readonly Hold[];
  readonly freeze: PlannedFreeze | null;
}

/** Nothing is in the way. */
export const MOVING: ActiveHolds = { holds: [], freeze: null };

/** What a person may do with a cluster in a channel, and what is in the way of everybody. */
export interface Rights extends RightsInCluster, ActiveHolds {
  readonly cluster: string;
}

export async function activeHoldsOf({ holds, policy, clock }: ClusterPorts & CircumstancePorts): Promise<ActiveHolds> {
  return { holds: await holds.all(), freeze: freezeAt(policy.freezes, clock.now()) };
}

export async function rightsOf(
  cluster: string,
  by: Person,
  channel: string,
  ports: ClusterPorts & CircumstancePorts,
): Promise<Rights> {
  const now = await policyContext(everyGroupOf(ports.policy), [by.id], ports);
  const freeze = freezeAt(ports.policy.freezes, now.at);
  return { cluster, ...rightsIn(ports.policy, by, channel, now), holds: now.holds, freeze };
}
