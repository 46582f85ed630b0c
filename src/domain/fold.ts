import type { Change, ChangeEvent, StepState } from './change.ts';

/** The change that these events tell, or null when the first one is not `requested`. */
export function changeFrom(events: readonly ChangeEvent[]): Change | null {
  const [first, ...rest] = events;
  if (first?.type !== 'requested') return null;
  const { id, intent, requester, channel, at } = first;
  const start: Change = { id, state: 'requested', intent, requester, channel, requestedAt: at, steps: {}, jobs: {} };
  return rest.reduce(after, start);
}

function after(change: Change, event: ChangeEvent): Change {
  switch (event.type) {
    case 'requested':
      return change;
    case 'planned':
      return { ...change, state: 'planned', plan: event.plan, digest: event.digest, planExpires: event.expires };
    case 'refused':
      return { ...change, state: 'refused', refusal: event.refusal, endedAt: event.at };
    case 'approved':
      return { ...change, state: 'approved', approver: event.approver, approval: event.signed };
    case 'denied':
      return { ...change, state: 'denied', deniedBy: event.by, endedAt: event.at };
    case 'expired':
      return { ...change, state: 'expired', endedAt: event.at };
    case 'started':
      return { ...change, state: 'applying', startedAt: change.startedAt ?? event.at };
    case 'interrupted':
      return change;
    case 'failed':
      return { ...change, state: 'failed', failure: event.failure, endedAt: event.at };
    case 'done':
      return { ...change, state: 'done', proof: event.proof, endedAt: event.at };
    default:
      return afterStep(change, event);
  }
}

type StepEvent = Extract<ChangeEvent, { readonly step: string }>;

function afterStep(change: Change, event: StepEvent): Change {
  switch (event.type) {
    case 'step-started':
      return withStep(change, event.step, { is: 'running', since: event.at });
    case 'job-started':
      return { ...change, jobs: { ...change.jobs, [event.step]: event.jid } };
    case 'step-done': {
      const { already, seconds, note } = event;
      return withStep(change, event.step, { is: 'done', already, seconds, ...(note === undefined ? {} : { note }) });
    }
    case 'step-failed':
      return withStep(change, event.step, { is: 'failed', seconds: event.seconds, failure: event.failure });
  }
}

const withStep = (change: Change, step: string, state: StepState): Change => ({
  ...change,
  steps: { ...change.steps, [step]: state },
});

/** Has the change come to an end, so that nothing more is expected of anybody? */
export function hasEnded(change: Change): boolean {
  return ['refused', 'denied', 'expired', 'failed', 'done'].includes(change.state);
}
