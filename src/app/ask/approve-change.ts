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
    const limits = { livesMs: ports.policy.verbs[change.intent.verb].approvalLivesMs, opens: null };
    const alone = { ...approvalOf(change, [by], at, limits, ports.ids), breakGlass: glass };
    return { type: 'approved', at: at.toISOString(), approver: by, signed: ports.signer.sign(alone) };
  }
  const counting = approvalsThatCount(ports.policy, change, [...change.votes, by], now);
  if (counting.length < approvals) {
    const counts = counting.map(({ id }) => id);
    return { type: 'voted', at: at.toISOString(), by, counts, needed: approvals };
  }
  const { approvalLivesMs } = ports.policy.verbs[change.intent.verb];
  const limits = { livesMs: approvalLivesMs, opens: startsAt(ports.policy, change, at) };
  const signed = ports.signer.sign(approvalOf(change, counting, at, limits, ports.ids));
  return { type: 'approved', at: at.toISOString(), approver: by, signed };
}

/** When an approved change may start: at once, or when its window opens; and how long from then. */
interface Limits {
  readonly livesMs: number;
  readonly opens: Date | null;
}

/** What is signed for the approvers. */
export function approvalOf(
  change: Change,
  approvers: readonly Person[],
  at: Date,
  { livesMs, opens }: Limits,
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
    expires: new Date((opens ?? at).getTime() + livesMs).toISOString(),
    ...(opens === null ? {} : { notBefore: opens.toISOString() }),
    nonce: ids.nonce(),
  };
}
