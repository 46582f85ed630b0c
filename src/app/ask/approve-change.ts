import type { Approval, Person } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent } from '../../domain/change/change.ts';
import { namedNodes } from '../../domain/plan/plan.ts';
import { approvalsThatCount, startsAt } from '../../domain/policy/decide.ts';
import type { PolicyContext } from '../../domain/policy/people.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';

export interface ApprovePorts {
  readonly policy: Policy;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: ApprovalSigner;
}

/** The event of an approval: a vote while more are needed; else the approval, signed for all approvers. `glass`: why one person decides alone. */
export function approvalEvent(
  by: Person,
  change: Change,
  now: PolicyContext,
  ports: ApprovePorts,
  glass?: string,
): ChangeEvent {
  const { approvals } = ports.policy.verbs[change.intent.verb];
  const at = ports.clock.now();
  if (glass !== undefined) {
    const alone = { ...approvalOf(change, [by], at, null, ports), breakGlass: glass };
    return { type: 'approved', at: at.toISOString(), approver: by, signed: ports.signer.sign(alone) };
  }
  const counting = approvalsThatCount(ports.policy, change, [...change.votes, by], now);
  if (counting.length < approvals) {
    const counts = counting.map(({ id }) => id);
    return { type: 'voted', at: at.toISOString(), by, counts, needed: approvals };
  }
  const opens = startsAt(ports.policy, change, at);
  const signed = ports.signer.sign(approvalOf(change, counting, at, opens, ports));
  return { type: 'approved', at: at.toISOString(), approver: by, signed };
}

/** `opens`: when the change may start, if that is later. */
function approvalOf(
  change: Change,
  approvers: readonly Person[],
  at: Date,
  opens: Date | null,
  { policy, ids }: ApprovePorts,
): Approval {
  const { verb, cluster } = change.intent;
  return {
    v: 1,
    change: change.id,
    cluster,
    verb,
    nodes: namedNodes(change),
    digest: change.digest ?? '',
    requester: change.requester.id,
    approvers: approvers.map(({ id }) => id),
    at: at.toISOString(),
    expires: new Date((opens ?? at).getTime() + policy.verbs[verb].approvalLivesMs).toISOString(),
    ...(opens === null ? {} : { notBefore: opens.toISOString() }),
    nonce: ids.nonce(),
  };
}
