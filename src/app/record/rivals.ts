import type { Change, ChangeId } from '../../domain/change/change.ts';
import { shareNode } from '../../domain/plan/plan.ts';
import type { Changes } from '../../ports/record.ts';

/** What tells whose nodes they are. */
type Rival = Pick<Change, 'id' | 'intent' | 'plan'>;

/** Open changes of the cluster that name one of the same nodes, in the order of their IDs. Records that are not trusted are left out. */
export async function rivalsOf(change: Rival, changes: Pick<Changes, 'open' | 'get'>): Promise<readonly Change[]> {
  const { id } = change;
  const others = (await changes.open()).filter((one) => one !== id);
  const stored = await Promise.all(others.map((one) => changes.get(one)));
  return stored
    .flatMap((one) => (one === null || one.doubt !== undefined ? [] : [one.change]))
    .filter((one) => shareNode(one, change));
}

/** True for a change that the worker will run or is running, so that the plans of its rivals are out of date. */
export const isStarted = ({ state }: Pick<Change, 'state'>): boolean => state === 'approved' || state === 'applying';

/** Has the cards of the rivals redrawn, because this change is new or has been decided. */
export async function redrawRivals(change: Rival, changes: Pick<Changes, 'open' | 'get' | 'redraw'>): Promise<void> {
  const ids: readonly ChangeId[] = (await rivalsOf(change, changes)).map(({ id }) => id);
  await Promise.all(ids.map((id) => changes.redraw(id)));
}
