import { isFailure } from '../../domain/answers/failure.ts';
import { oldPlanRefusal } from '../../domain/answers/old-plan.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { namedNodes } from '../../domain/plan/plan.ts';
import { mayDecide } from '../../domain/policy/decide.ts';
import type { PolicyContext } from '../../domain/policy/people.ts';
import { decidersOf, isStart } from '../../domain/policy/policy.ts';
import { listed } from '../../domain/text/format.ts';
import type { WishedDecision } from '../../domain/wish/wish.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredChange } from '../../ports/record.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';
import { NO_HOLDS, policyContext } from '../policy/policy-context.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { isStarted, redrawRivals, rivalsOf } from '../record/rivals.ts';
import { approvalEvent } from './approve-change.ts';
import { refuseInVain } from './compared-clocks.ts';
import { queueOrRevoke } from './queue-approved.ts';
import type { ClusterPorts } from './request-change.ts';

/** A decision, who makes it, and where. */
export interface Decision extends WishedDecision {
  readonly by: Person;
  readonly channel: string;
}

export interface DecidePorts extends ClusterPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: ApprovalSigner;
}

/** Attempts when the worker appends to the record at the same time; it does so at most several times a second. */
const TRIES = 5;

/** Makes a decision. The first one wins, because the record accepts it only if it is unchanged since it was read. */
export async function decideChange(decision: Decision, ports: DecidePorts): Promise<Change | Refusal> {
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const decided = await decideOnce(decision, ports);
      if (decided !== 'outrun') return decided;
    }
  } catch (error) {
    if (isFailure(error, 'record-full')) return refuse('decided-already', error.what, error.next);
    throw error;
  }
  return await tooLate(decision, ports);
}

/** Why this decision would be refused now; null if it would be made. */
export async function whyNotDecide(decision: Decision, ports: DecidePorts): Promise<Refusal | null> {
  const checked = await check(decision, ports);
  return isRefusal(checked) ? checked : null;
}

/** The record and the policy of a decision that may be made now. */
interface Checked {
  readonly stored: StoredChange;
  readonly now: PolicyContext;
}

async function check(decision: Decision, ports: DecidePorts): Promise<Checked | Refusal> {
  const stored = await ports.changes.get(decision.change);
  if (stored === null)
    return refuse('decided-already', 'There is no record of this change.', 'Request the change again.');
  if (stored.doubt !== undefined) return recordRefusal(decision.change, stored.doubt, 'bot');
  const { change } = stored;
  const people = decidersOf(ports.policy.verbs[change.intent.verb], decision.kind);
  const ids = [decision.by, ...change.votes].map(({ id }) => id);
  const holds = isStart(decision.kind) ? ports.holds : NO_HOLDS;
  const now = await policyContext(people, ids, { ...ports, holds });
  const refusal =
    (await whyNotNow(decision, stored, ports)) ??
    mayDecide(ports.policy, decision.kind, change, decision.by, decision.channel, now);
  return refusal ?? { stored, now };
}

/** `outrun`: the record has grown since it was read, so the decision must be checked again. */
async function decideOnce(decision: Decision, ports: DecidePorts): Promise<Change | Refusal | 'outrun'> {
  const checked = await check(decision, ports);
  if (isRefusal(checked)) return checked;
  if (decision.kind === 'break-glass' && decision.reason === undefined) return NO_REASON;
  const { stored, now } = checked;
  const { change } = stored;
  const event = eventOf(decision, change, now, ports);
  if (!(await ports.changes.append(decision.change, stored.version, event))) return 'outrun';
  const decided = changeFrom([...stored.events, event]) ?? change;
  await redrawRivals(change, ports.changes);
  // Checked once more, because a freeze may have been set between the check above and this entry.
  if (event.type === 'approved') await queueOrRevoke(decided, stored.version + 1, 'add', ports);
  return decided;
}

const NO_REASON = refuse(
  'bad-command',
  'A person who breaks glass gives a reason, and the bot could not ask for it.',
  'Click Break glass again.',
);

/** The states in which each decision is possible. */
const OPEN_TO: Readonly<Record<Decision['kind'], readonly Change['state'][]>> = {
  approve: ['planned'],
  deny: ['planned'],
  retry: ['failed'],
  cancel: ['approved', 'applying', 'failed'],
  'break-glass': ['planned', 'failed'],
};

async function whyNotNow(
  { kind, digest }: Decision,
  { change, version }: StoredChange,
  ports: DecidePorts,
): Promise<Refusal | null> {
  if (!OPEN_TO[kind].includes(change.state) || change.plan === undefined) return decidedAlready(change);
  const over = isStart(kind) ? overRefusal(change) : null;
  if (over !== null) return over;
  if (kind === 'cancel') return change.cancelAskedBy === undefined ? null : decidedAlready(change);
  // First, because the expiry below would be a riddle.
  const inVain = isStart(kind) ? await refuseInVain(change.intent.cluster, ports) : null;
  if (inVain !== null) return inVain;
  const started = isStart(kind) ? (await rivalsOf(change, ports.changes)).find(isStarted) : undefined;
  if (started !== undefined) return outrunBy(started, change);
  if (change.digest !== digest)
    return refuse('plan-stale', 'This card shows an older plan.', 'Use the newest card of this change.');
  if (Date.parse(change.planExpires ?? '') > ports.clock.now().getTime()) return null;
  if (change.state === 'planned')
    await ports.changes.append(change.id, version, { type: 'expired', at: ports.clock.now().toISOString() });
  return refuse(
    'expired',
    'This plan has expired. The cluster may have changed since then.',
    'Request the change again.',
  );
}

/** Refuses the start of a change that no retry can complete. */
function overRefusal(change: Change): Refusal | null {
  const { id, undoneBy } = change;
  if (undoneBy === undefined) return oldPlanRefusal(change);
  const says = `${id} has been undone by ${undoneBy}, so there is nothing to resume.`;
  return refuse('decided-already', says, 'Request the change again.');
}

/** Two changes of a node do not know of each other's steps: the second one would be refused by the worker, minutes later. */
const outrunBy = (started: Change, change: Change): Refusal =>
  refuse(
    'plan-stale',
    `${started.id} is approved, and changes ${listed(namedNodes(change).filter((node) => namedNodes(started).includes(node)))} too. This plan was made without it.`,
    'Wait until it has ended, then request a new plan.',
  );

function eventOf(decision: Decision, change: Change, now: PolicyContext, ports: DecidePorts): ChangeEvent {
  const at = ports.clock.now().toISOString();
  switch (decision.kind) {
    case 'approve':
    case 'retry':
      return approvalEvent(decision.by, change, now, ports);
    case 'break-glass':
      return approvalEvent(decision.by, change, now, ports, decision.reason ?? '');
    case 'deny':
      return {
        type: 'denied',
        at,
        by: decision.by,
        ...(decision.reason === undefined ? {} : { reason: decision.reason }),
      };
    case 'cancel':
      // The worker stops a running change at its next safe point. A change that failed or has not begun ends at once.
      return { type: change.state === 'applying' ? 'cancel-requested' : 'cancelled', at, by: decision.by };
  }
}

/** Refuses a second decision, and names the first one. */
export function decidedAlready(change: Change): Refusal {
  const by = change.approvers.map(({ name }) => name).join(' and ') || 'another person';
  const state: Readonly<Record<Change['state'], string>> = {
    requested: 'is still being planned',
    planned: 'still waits for a decision',
    approved: `was already approved by ${by}`,
    applying: `was already approved by ${by} and is in progress`,
    done: `was already approved by ${by} and is done`,
    denied: `was already denied by ${change.deniedBy?.name ?? 'another person'}`,
    expired: 'has already expired',
    refused: 'was already refused',
    failed: 'has already failed',
    cancelled: `was already cancelled by ${change.cancelledBy?.name ?? 'another person'}`,
  };
  if (change.cancelAskedBy !== undefined && change.cancelledBy === undefined) {
    return refuse(
      'decided-already',
      `${change.cancelAskedBy.name} already requested to cancel ${change.id}. It stops at the next safe point.`,
    );
  }
  return refuse('decided-already', `Change ${change.id} ${state[change.state]}.`, 'Its card shows its state.');
}

async function tooLate({ change }: Decision, ports: DecidePorts): Promise<Refusal> {
  const stored = await ports.changes.get(change);
  return stored === null
    ? refuse('decided-already', 'There is no record of this change.')
    : decidedAlready(stored.change);
}
