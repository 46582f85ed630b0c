import type { CardLease } from '../../ports/cards.ts';
import type { StoredChange } from '../../ports/record.ts';
import { isUnsigned, UNREADABLE } from '../card/worker-outage.ts';
import { isWaiting } from './urgency.ts';

/** True if the card shows the record, and `aside` beside it. `forced`: a waiting change may look different without a new revision. */
export const isUpToDate = (aside: string, stored: StoredChange, forced: boolean, lease: CardLease): boolean =>
  aside === UNREADABLE
    ? isShown(stored, lease)
    : aside === lease.aside && (isUnsigned(aside) || !isWorthDrawing(stored, forced, lease));

function isWorthDrawing({ change, revision }: StoredChange, forced: boolean, { drawn }: CardLease): boolean {
  return revision > drawn || (forced && isWaiting(change));
}

/** True if a newer bot has drawn it, or an old bot has shown that it cannot read it. */
const isShown = ({ revision }: StoredChange, { drawn, aside }: CardLease): boolean =>
  drawn >= revision || aside === UNREADABLE;
