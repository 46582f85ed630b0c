import type { Change, ChangeId } from '../../domain/change/change.ts';
import type { StoredChange } from '../../ports/record.ts';
import type { Urgency } from '../api/update-pace.ts';
import type { CardView } from '../parts/card-view.ts';

/** True for a change that waits for the worker. */
export const isWaiting = ({ state }: Change): boolean => state === 'requested' || state === 'approved';

/** True if the worker has work for this change, so that later changes wait. */
export const isInTheWay = (change: Change): boolean => isWaiting(change) || change.state === 'applying';

/** True for a change that waits for a person, whose card also shows what happens beside it. */
const canWait = ({ state }: Change): boolean => state === 'planned' || state === 'failed';

/**
 * Ends and decisions first: only they make a person act. A card that nobody trusts is one of them. With 70 open plans for a node, a
 * new plan waits for none of the cards that only name it.
 */
export function urgencyOf({ change, worker, doubt }: CardView, isTold: boolean): Urgency {
  if (isTold && doubt === undefined && canWait(change)) return 'aside';
  if (doubt !== undefined || !isInTheWay(change)) return 'end';
  const isRunning = change.state === 'applying' && worker?.is === 'there' && change.cancelAskedBy === undefined;
  return isRunning ? 'progress' : 'wait';
}

/** Keeps how many entries the card shows now, while that decides how urgent its next edit is. */
export function keepTold({ change, version }: StoredChange, told: Map<ChangeId, number>): void {
  if (canWait(change)) told.set(change.id, version);
  else told.delete(change.id);
}
