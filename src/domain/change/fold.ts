import type { Change, ChangeEvent, StepState } from './change.ts';
import { attemptsAfter } from './step-attempts.ts';
import { afterVote, namedApprovers } from './votes.ts';

/** Folds events into a change; null when the first one is not `requested`. */
export function changeFrom(events: readonly ChangeEvent[]): Change | null {
  const [first, ...rest] = events;
  if (first?.type !== 'requested') return null;
  const { id, intent, requester, channel, terms, terminal, retold, at } = first;
  const start: Change = {
    id,
    state: 'requested',
    intent,
    requester,
    channel,
    ...(terms === undefined ? {} : { terms }),
    ...(terminal === undefined ? {} : { terminal }),
    requestedAt: at,
    votes: [],
    approvers: [],
    approvals: retold?.approvals ?? 0,
    steps: {},
    jobs: {},
    begun: {},
  };
  return rest.reduce(after, start);
}

function after(change: Change, event: ChangeEvent): Change {
  switch (event.type) {
    case 'requested':
      return change;
    case 'planned':
      return afterPlan(change, event);
    case 'refused':
      return { ...withoutCancel(change), state: 'refused', refusal: event.refusal, endedAt: event.at };
    case 'voted':
      return afterVote(change, event);
    case 'approved':
      return approved(change, event);
    case 'denied':
      return { ...change, state: 'denied', deniedBy: event.by, endedAt: event.at, ...whyDenied(event) };
    case 'expired':
      return { ...change, state: 'expired', endedAt: event.at };
    case 'started':
      return { ...change, state: 'applying', startedAt: change.startedAt ?? event.at };
    case 'found':
      return { ...change, before: change.before ?? event.before };
    case 'undo-asked':
      return { ...change, undoAsked: { by: event.by, change: event.change, at: event.at } };
    case 'undone':
      return { ...change, undoneBy: event.change };
    case 'told':
      return { ...change, isTold: true };
    case 'cancel-requested':
      return { ...change, cancelAskedBy: event.by };
    case 'cancelled':
      return { ...change, state: 'cancelled', cancelledBy: event.by, endedAt: event.at, steps: onlyDone(change.steps) };
    case 'failed':
      return failed(change, event);
    case 'done':
      return { ...withoutCancel(change), state: 'done', proof: event.proof, seconds: event.seconds, endedAt: event.at };
    default:
      return afterStep(change, event);
  }
}

const whyDenied = ({ reason }: Extract<ChangeEvent, { type: 'denied' }>): Pick<Change, 'deniedWhy'> =>
  reason === undefined ? {} : { deniedWhy: reason };

function afterPlan(change: Change, { at, plan, digest, expires }: Extract<ChangeEvent, { type: 'planned' }>): Change {
  return { ...change, state: 'planned', plan, digest, plannedAt: at, planExpires: expires };
}

/** Approved for the first time, or for a retry: completed steps stay completed, and failed steps wait again. */
function approved(
  { failure: _, endedAt: __, cancelAskedBy: ___, undoneBy: ____, lateCancelBy: _____, ...change }: Change,
  { approver, signed, at }: Extract<ChangeEvent, { readonly type: 'approved' }>,
): Change {
  const { breakGlass: reason } = signed.approval;
  const glass = reason === undefined ? {} : { brokenGlass: { by: approver, reason, at } };
  const again = { ...change, steps: onlyDone(change.steps), state: 'approved' as const };
  const approvers = namedApprovers(signed.approval, [...change.votes, approver]);
  return { ...again, votes: [], approver, approvers, approval: signed, approvals: change.approvals + 1, ...glass };
}

/** Keeps only completed and failed steps. A retry does not reuse an interrupted Salt job. */
function failed(change: Change, { failure, at }: Extract<ChangeEvent, { readonly type: 'failed' }>): Change {
  const steps = Object.fromEntries(
    Object.entries(change.steps).filter(([, { is }]) => is === 'done' || is === 'failed'),
  );
  const jobs = Object.fromEntries(Object.entries(change.jobs).filter(([step]) => steps[step]?.is === 'done'));
  return { ...withoutCancel(change), state: 'failed', failure, endedAt: at, steps, jobs };
}

/** A change that has ended by itself has no request to cancel any more; it came too late. */
function withoutCancel({ cancelAskedBy, ...change }: Change): Change {
  return cancelAskedBy === undefined ? change : { ...change, lateCancelBy: cancelAskedBy };
}

function onlyDone(steps: Change['steps']): Change['steps'] {
  return Object.fromEntries(Object.entries(steps).filter(([, state]) => state.is === 'done'));
}

type StepEvent = Extract<ChangeEvent, { readonly step: string }>;

function afterStep(before: Change, event: StepEvent): Change {
  const change = { ...before, begun: attemptsAfter(before.begun, event) };
  switch (event.type) {
    case 'step-started':
      return withStep(change, event.step, { is: 'running', since: event.at });
    case 'job-started':
      return { ...change, jobs: { ...change.jobs, [event.step]: event.jid } };
    case 'step-done': {
      const { type: _, at: __, step, ...done } = event;
      return withStep(change, step, { is: 'done', ...done });
    }
    case 'step-failed': {
      // A retry does not reuse the job of a failed step.
      const { [event.step]: _, ...jobs } = change.jobs;
      return withStep({ ...change, jobs }, event.step, {
        is: 'failed',
        seconds: event.seconds,
        failure: event.failure,
      });
    }
  }
}

const withStep = (change: Change, step: string, state: StepState): Change => ({
  ...change,
  steps: { ...change.steps, [step]: state },
});
