import { oldPlanRefusal } from '../../domain/answers/old-plan.ts';
import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import { isLogin, type Person } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent } from '../../domain/change/change.ts';
import { countingHere, mayCancelHere, mayStartHere, type TerminalRules } from '../../domain/policy/terminal.ts';
import type { TerminalDecision } from '../../domain/wish/terminal-talk.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';
import { approvalOf } from '../ask/approve-change.ts';

export interface DecidePorts {
  readonly rules: TerminalRules;
  readonly signer: ApprovalSigner;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly planLivesMs: number;
}

/** Who decides, and why alone if so. */
export interface Decider {
  readonly by: Person;
  readonly breakGlass: string | null;
}

const OPEN_TO: Readonly<Record<TerminalDecision, readonly Change['state'][]>> = {
  approve: ['planned'],
  retry: ['failed'],
  cancel: ['planned', 'approved', 'applying', 'failed'],
};

/** Why this decision is not made now; null if it is. */
export function whyNotHere(
  kind: TerminalDecision,
  change: Change,
  { by, breakGlass }: Decider,
  { rules, clock }: Pick<DecidePorts, 'rules' | 'clock'>,
): Refusal | null {
  const state = isElsewhere(change) ?? wrongState(kind, change);
  if (state !== null) return state;
  if (kind === 'cancel') return mayCancelHere(rules, change, by.name);
  const hasExpired = !(Date.parse(change.planExpires ?? '') > clock.now().getTime());
  if (hasExpired) return refuse('expired', 'This plan has expired. The cluster may have changed since then.', AGAIN);
  return mayStartHere(rules, change, by.name, breakGlass !== null);
}

/** The approval, signed for everyone who gave one; or one of several. */
export function decisionEvent(change: Change, { by, breakGlass }: Decider, ports: DecidePorts): ChangeEvent {
  const { rules, signer, clock, ids, planLivesMs } = ports;
  const at = clock.now();
  const counting = breakGlass === null ? countingHere(rules, change, [...change.votes, by]) : [by];
  if (breakGlass === null && counting.length < rules.approvals) {
    const counts = counting.map(({ id }) => id);
    return { type: 'voted', at: at.toISOString(), by, counts, needed: rules.approvals };
  }
  const alone = breakGlass === null ? {} : { breakGlass };
  const approval = approvalOf(change, counting, at, { livesMs: planLivesMs, opens: null }, ids);
  return { type: 'approved', at: at.toISOString(), approver: by, signed: signer.sign({ ...approval, ...alone }) };
}

/** What was requested or approved in Slack is decided there: the journal has not all that people said about it. */
function isElsewhere({ id, terminal, state, approval }: Change): Refusal | null {
  const isRunning = state === 'approved' || state === 'applying';
  const isOfSlack = isRunning && approval?.approval.approvers.every(isLogin) !== true;
  if (terminal !== undefined && !isOfSlack) return null;
  const says = `${id} was ${isOfSlack ? 'approved' : 'requested'} in Slack, so it is decided there.`;
  return refuse('wrong-channel', says, 'While Slack is down, request the change here: it does only what is missing.');
}

function wrongState(kind: TerminalDecision, change: Change): Refusal | null {
  const { id, state, undoneBy, cancelAskedBy, plan } = change;
  const shown = `To see it: registry-ha show ${id}`;
  if (!OPEN_TO[kind].includes(state) || plan === undefined)
    return refuse('decided-already', `${id} is ${state}, so there is nothing to ${kind}.`, shown);
  if (kind === 'retry' && undoneBy !== undefined)
    return refuse('decided-already', `${id} has been undone by ${undoneBy}.`, AGAIN);
  if (kind === 'retry') return oldPlanRefusal(change);
  if (kind !== 'cancel' || cancelAskedBy === undefined) return null;
  return refuse('decided-already', `${cancelAskedBy.name} already asked to cancel ${id}.`, shown);
}

const AGAIN = 'Request the change again.';
