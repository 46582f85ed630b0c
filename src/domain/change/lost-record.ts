import type { FailureReport } from '../answers/failure-report.ts';
import { canonicalJson } from '../text/canonical.ts';
import { listed } from '../text/format.ts';
import { mayWrite } from './author.ts';
import type { Change, ChangeEvent } from './change.ts';
import { effectOf, endsChange } from './effect.ts';
import { changeFrom } from './fold.ts';

/** Failure kind of a change whose record Redis has lost. */
export const RECORD_LOST = 'record-lost';

/** True if after this entry the change is open, or was lost by Redis, and may have to be restored. */
export const isUnsettledBy = (event: ChangeEvent): boolean => effectOf(event) === 'opens' || isLoss(event);

/** True if the change ended because Redis had lost its record. */
export const isLoss = (event: ChangeEvent | undefined): boolean =>
  event?.type === 'failed' && event.failure.kind === RECORD_LOST;

/** True if Redis has an older record than the journal: it lacks the worker's last entry, because a backup or an old replica took its place. */
export function isBehind(stored: readonly ChangeEvent[], journalled: readonly ChangeEvent[]): boolean {
  const last = journalled.findLast((event) => mayWrite('worker', event));
  if (last === undefined) return false;
  const text = canonicalJson(last);
  return !stored.some((event) => canonicalJson(event) === text);
}

/**
 * True if Redis says that a worker has run the change, and the journal does not know it: another worker did, or the journal was lost.
 * Where the journal has the plan, only entries count that a trusted worker has signed: others are forged.
 */
export function hasUnknownRun(stored: Ran, journalled: readonly ChangeEvent[]): boolean {
  const known = new Set(journalled.map(canonicalJson));
  const hasPlan = journalled.some(({ type }) => type === 'planned');
  const { events, foreignStarts = [] } = stored;
  const ran = hasPlan ? events.filter((event) => !foreignStarts.includes(event)) : events;
  // A worker that has the plan may have died between the publication of its start and its journal.
  const starts = ran.filter(({ type }) => type === 'step-started' || (type === 'started' && !hasPlan));
  return starts.some((event) => !known.has(canonicalJson(event)));
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The entry by which the bot has ended a change within a day, before a worker began it, if the journal does not have it; else null. */
export function botEndOf(
  stored: readonly ChangeEvent[],
  journalled: readonly ChangeEvent[],
  now: Date,
): ChangeEvent | null {
  const end = stored.findLast(endsChange);
  const isOver = (events: readonly ChangeEvent[]) => changeFrom(events)?.endedAt !== undefined;
  if (end === undefined || !mayWrite('bot', end) || !isOver(stored) || isOver(journalled)) return null;
  return now.getTime() - Date.parse(end.at) < DAY_MS ? end : null;
}

/** A record as Redis has it. */
interface Ran {
  readonly events: readonly ChangeEvent[];
  readonly foreignStarts?: readonly ChangeEvent[];
}

/** The failure report of a change that the journal does not know to have run. */
export const unknownRunReport = ({ intent: { nodes } }: Pick<Change, 'intent'>): FailureReport => ({
  kind: 'journal-lost',
  where: 'the worker’s journal',
  what: `The journal of this worker does not have what was run for this change, because its state folder was lost or replaced, or another worker ran it. What is done on ${listed(nodes) || 'the registries’ nodes'} is unknown, and a Salt run may still be in progress. This worker has run nothing.`,
  next: `Check that one worker serves this cluster, with its old state folder. Inspect ${listed(nodes) || 'the registries’ nodes'}. Then request the change again: it finds what is there, and does only what is missing.`,
});

/** Redis keeps a record for 90 days after its end, so a record that is missing earlier was lost. */
const LOSS_MS = 30 * 24 * HOUR_MS;

/** True if a person may still wait for this change: not for an expired plan, nor for a request without a plan after an hour. */
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

/** The failure report of a change that Redis has lost. */
export function lossReport({ startedAt }: Change): FailureReport {
  const begun = startedAt !== undefined;
  return {
    kind: RECORD_LOST,
    where: 'Redis',
    what: begun
      ? 'Redis lost its data while this change was in progress, so the worker stopped the change. Its journal has every completed step.'
      : 'Redis lost its data before this change started, including all decisions about it. Nothing was changed.',
    next: `Find out why Redis lost its data: it needs \`appendonly yes\`, and a disk that persists. ${begun ? 'Then click Retry from here. Completed steps are not repeated.' : 'Then request the change again.'}`,
  };
}

/** The request, marked as restored by the worker. */
export function restoredRequest(
  event: Extract<ChangeEvent, { readonly type: 'requested' }>,
  { approvals }: Change,
): ChangeEvent {
  return { ...event, retold: { approvals: Math.max(1, approvals) } };
}

/** True for a change from the terminal that Redis never had: it gets those that were approved, when they have ended. */
export const isUntold = ({ terminal, isTold }: Change): boolean => terminal !== undefined && isTold !== true;

/** True if Redis and Slack must now get this change from the terminal. */
export const mustBeTold = (change: Change, now: Date): boolean =>
  isUntold(change) &&
  change.approver !== undefined &&
  change.endedAt !== undefined &&
  now.getTime() - Date.parse(change.endedAt) < LOSS_MS;

/** True if a worker restored this record. */
export const isRestored = ([first]: readonly ChangeEvent[]): boolean =>
  first?.type === 'requested' && first.retold !== undefined;
