import { MOST_BEHIND_MS } from '../../domain/answers/clocks.ts';
import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import { type Approval, personOf, type SignedApproval } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent, ChangeId, ChangeState } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { planDigest } from '../../domain/plan/digest.ts';
import { namedNodes, type Plan } from '../../domain/plan/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';
import type { ApprovalChecker } from '../../ports/trust.ts';
import type { ChangeRecord } from '../record/change-record.ts';

export interface ApprovedPorts {
  readonly journal: Journal;
  readonly checker: ApprovalChecker;
  readonly clock: Clock;
  readonly cluster: string;
}

/** A change that may run, with the plan from the worker's own journal. */
export interface ApprovedChange {
  readonly id: ChangeId;
  readonly record: ChangeRecord;
  readonly plan: Plan;
  readonly change: Change;
  /** True if it resumes; its approval was checked at the start. */
  readonly begun: boolean;
}

/** Decides whether a change may run, by the plan in the worker’s journal. From Redis, only an authentic, valid and unused approval counts. */
export async function approvedChange(record: ChangeRecord, ports: ApprovedPorts): Promise<ApprovedChange | Refusal> {
  const { id } = record;
  const events = await ports.journal.events(id);
  const known = changeFrom(events);
  if (known?.plan === undefined || known.digest === undefined) return invalid('this worker has not planned the change');
  const begun = known.state === 'applying';
  if (begun) return { id, record, plan: known.plan, change: known, begun };
  const approval = (await record.known())?.change.approval;
  if (approval === undefined) return invalid('the record has no approval');
  if (!WAITS_FOR_APPROVAL.has(known.state)) return invalid('the change has already ended');
  if (wasUsed(approval, events, known)) return invalid('it was used before');
  const wrong = await whatIsWrong(approval, known, ports);
  if (wrong !== null) return wrong;
  const taken = await journalApproval(id, approval, ports);
  return { id, record, plan: known.plan, change: changeFrom([...events, taken]) ?? known, begun };
}

/** States in the journal: planned, failed (a retry), or approved by a worker that died before the start. */
const WAITS_FOR_APPROVAL: ReadonlySet<ChangeState> = new Set(['planned', 'failed', 'approved']);

/** An approval counts once, even if nothing was started with it. Only a worker that died after journaling it may continue. */
function wasUsed({ approval }: SignedApproval, events: readonly ChangeEvent[], { state, ...known }: Change): boolean {
  if (state === 'approved' && known.approval?.approval.nonce === approval.nonce) return false;
  return events.some((event) => event.type === 'approved' && event.signed.approval.nonce === approval.nonce);
}

async function whatIsWrong(signed: SignedApproval, known: Change, ports: ApprovedPorts): Promise<Refusal | null> {
  const { approval } = signed;
  if (!ports.checker.isGenuine(signed)) return invalid('the worker does not trust its signature', COMPARE_KEYS);
  const mismatch = mismatchOf(approval, known, ports.cluster);
  if (mismatch !== null) return invalid(mismatch);
  const now = ports.clock.now();
  if (Date.parse(approval.at) - now.getTime() > MOST_BEHIND_MS) {
    return refuse(
      'clock-skew',
      `By the bot’s clock, the approval is from ${approval.at}. By the worker’s clock, it is only ${now.toISOString()}. Nothing was run.`,
      'Correct both clocks (`chronyc tracking` shows the offset), then request the change again.',
    );
  }
  if (Date.parse(approval.expires) <= now.getTime()) {
    return refuse(
      'expired',
      `The approval expired at ${approval.expires}, before the change started. By the worker’s clock, it is ${now.toISOString()}.`,
      'Request the change again.',
    );
  }
  // By the bot's clock, its window has opened.
  if (Date.parse(approval.notBefore ?? approval.at) - now.getTime() > MOST_BEHIND_MS) {
    return invalid(
      `it is for a window that opens only at ${approval.notBefore}; by the worker’s clock, it is ${now.toISOString()}`,
    );
  }
  return (await ports.journal.hasNonce(approval.nonce)) ? invalid('it was used before') : null;
}

function mismatchOf(approval: Approval, known: Change, cluster: string): string | null {
  const digest = known.plan === undefined ? '' : planDigest(known.plan.approved);
  if (approval.change !== known.id) return 'it is for another change';
  if (approval.cluster !== cluster) return 'it is for another cluster';
  if (approval.digest !== digest || known.digest !== digest) return 'it is for another plan';
  if (approval.verb !== known.intent.verb || approval.nodes.join(' ') !== namedNodes(known).join(' '))
    return 'it is for another verb or other nodes';
  const { approvers } = approval;
  if (approvers.length === 0 || new Set(approvers).size < approvers.length) return 'it names no approver, or one twice';
  return null;
}

const COMPARE_KEYS =
  'Run `registry-ha doctor bot`: it says whether the worker trusts the bot’s key, and what to do. Then request the change again.';

const invalid = (why: string, next = 'Request the change again.'): Refusal =>
  refuse('approval-invalid', `The approval is not valid: ${why}. Nothing was run.`, next);

/** Writes the approval to the journal before anything runs, so that its nonce counts as used. */
async function journalApproval(
  id: ChangeId,
  signed: SignedApproval,
  { journal, clock }: ApprovedPorts,
): Promise<ChangeEvent> {
  const approver = personOf(signed.approval.approvers.at(-1) ?? '');
  const event: ChangeEvent = { type: 'approved', at: clock.now().toISOString(), approver, signed };
  await journal.append(id, event);
  return event;
}
