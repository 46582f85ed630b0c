import type { Change } from '../../domain/change/change.ts';
import { whyRevoked } from '../../domain/policy/decide.ts';
import { approversOf } from '../../domain/policy/held-back.ts';
import type { Clock } from '../../ports/clock.ts';
import { policyContext } from '../policy/policy-context.ts';
import type { ClusterPorts } from './request-change.ts';

/** Queues an approved change, or revokes its approval if policy or user groups no longer allow it. Holds it back until its window opens, and while a group cannot be read. `version`: entries in its record. */
export async function queueOrRevoke(
  change: Change,
  version: number,
  how: 'add' | 'ensure',
  ports: ClusterPorts & { readonly clock: Clock },
): Promise<void> {
  const people = approversOf(ports.policy, change);
  const ids = change.approvers.map(({ id }) => id);
  const now = await policyContext(people, ids, ports);
  const refusal = whyRevoked(ports.policy, change, now);
  // Slack's outage is nobody's loss of permission, and nobody's permission: the change starts when the groups can be read again. When its
  // approval expires, it is revoked.
  if (refusal === 'unclear' || refusal === 'early')
    return await ports.queue.withdraw('apply', change.id, change.approvals);
  if (refusal === null) return await ports.queue[how]('apply', change.id, change.approvals);
  // A worker that begins right now wins: the record has grown, and does not accept this entry.
  await ports.changes.append(change.id, version, { type: 'refused', at: now.at.toISOString(), refusal });
}
