import type { FailureReport } from '../answers/failure-report.ts';
import type { Change, ChangeEvent } from './change.ts';
import { effectOf } from './effect.ts';

/** `kind` of the failure of a change whose record Redis has lost. */
export const RECORD_LOST = 'record-lost';

/** Is the change, after this entry, one that people may have to be told about again: on its way, or lost by Redis? */
export const isUnsettledBy = (event: ChangeEvent): boolean => effectOf(event) === 'opens' || isLoss(event);

/** Did the change end because Redis had lost its record? */
export const isLoss = (event: ChangeEvent | undefined): boolean =>
  event?.type === 'failed' && event.failure.kind === RECORD_LOST;

const HOUR_MS = 3_600_000;
/** Redis keeps a record for 90 days after its end: one that is missing earlier was lost. */
const LOSS_MS = 30 * 24 * HOUR_MS;

/**
 * Does somebody still wait for this change, by what the journal tells? A plan that has expired was decided or not, but nothing of it
 * can begin any more; a request without a plan is somebody's question of an hour ago.
 */
export function isMissed(change: Change, lastAt: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(lastAt);
  switch (change.state) {
    case 'requested':
      return age < HOUR_MS;
    case 'planned':
      return Date.parse(change.planExpires ?? '') > now.getTime();
    default:
      return age < LOSS_MS;
  }
}

/** What people read of a change that Redis has lost. */
export function lossReport({ startedAt }: Change): FailureReport {
  const begun = startedAt !== undefined;
  return {
    kind: RECORD_LOST,
    where: 'Redis',
    what: begun
      ? 'Redis came back without its data while this change was under way, so the worker has stopped it. Its journal has kept what was done.'
      : 'Redis came back without its data before this change had begun: whatever was decided about it is forgotten. Nothing was changed.',
    next: begun
      ? 'Find out why Redis lost its data (it must run with appendonly yes, on a disk that stays). What is done stays done: “Retry from here” goes on.'
      : 'Find out why Redis lost its data (it must run with appendonly yes, on a disk that stays), then ask for the change again.',
  };
}

/** The request as the worker tells it once more. */
export function retold(
  event: Extract<ChangeEvent, { readonly type: 'requested' }>,
  { approvals }: Change,
): ChangeEvent {
  return { ...event, retold: { approvals: Math.max(1, approvals) } };
}

/** Was this record told again by a worker? */
export const isRetold = ([first]: readonly ChangeEvent[]): boolean =>
  first?.type === 'requested' && first.retold !== undefined;
