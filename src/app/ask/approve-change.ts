import type { Approval, Person } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent } from '../../domain/change/change.ts';
import { namedNodes } from '../../domain/plan/plan.ts';
import { approvalsThatCount } from '../../domain/policy/decide.ts';
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

/** The event of an approval: a vote while more are needed; else the approval, signed for all approvers. */
export function approvalEvent(by: Person, change: Change, now: PolicyContext, ports: ApprovePorts): ChangeEvent {
  const { approvals } = ports.policy.verbs[change.intent.verb];
  const counting = approvalsThatCount(ports.policy, change, [...change.votes, by], now);
  const at = ports.clock.now();
  if (counting.length < approvals) {
    const counts = counting.map(({ id }) => id);
    return { type: 'voted', at: at.toISOString(), by, counts, needed: approvals };
  }
  const { approvalLivesMs } = ports.policy.verbs[change.intent.verb];
  const signed = ports.signer.sign(approvalOf(change, counting, at, approvalLivesMs, ports.ids));
  return { type: 'approved', at: at.toISOString(), approver: by, signed };
}

/** What is signed for the approvers. */
export function approvalOf(
  change: Change,
  approvers: readonly Person[],
  at: Date,
  livesMs: number,
  ids: Pick<Ids, 'nonce'>,
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
    expires: new Date(at.getTime() + livesMs).toISOString(),
    nonce: ids.nonce(),
  };
}
