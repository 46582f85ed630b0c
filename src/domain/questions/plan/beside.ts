import type { Change, ChangeId } from '../../change/change.ts';
import { shareNode } from '../../plan/plan.ts';
import { firstFew } from '../../text/format.ts';

/** Of these changes, the IDs of those that are open for one of the same nodes, as far as their records tell. */
export function openBeside(
  change: Pick<Change, 'intent' | 'plan'> & { readonly id?: ChangeId },
  others: readonly Change[],
  now: Date,
): readonly ChangeId[] {
  return others.filter((one) => one.id !== change.id && isOpen(one, now) && shareNode(one, change)).map(({ id }) => id);
}

/** Undecided and not expired, or approved. */
const isOpen = ({ state, planExpires = '' }: Change, now: Date): boolean =>
  state === 'approved' || state === 'applying' || (state === 'planned' && Date.parse(planExpires) > now.getTime());

/** What these open changes mean for a plan of the same nodes; empty without any. */
export function besideInWords(ids: readonly ChangeId[]): string {
  if (ids.length === 0) return '';
  return `${firstFew(ids)} ${ids.length === 1 ? 'is' : 'are'} open for the same node. Approving one makes the other plans out of date.`;
}
