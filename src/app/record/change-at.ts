import type { Change, MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Changes } from '../../ports/record.ts';

/** The newest changes of a cluster whose cards are compared. */
const MOST_COMPARED = 200;

/** The change whose card is this message; null for any other message, and for a change whose record cannot be trusted. */
export async function changeAt(
  { channel, ts }: MessageRef,
  clusters: Iterable<{ readonly changes: Pick<Changes, 'recent' | 'get'> }>,
  cards: Pick<Cards, 'known'>,
): Promise<Change | null> {
  for (const { changes } of clusters) {
    const ids = await changes.recent(MOST_COMPARED);
    const places = await Promise.all(ids.map((id) => cards.known(id)));
    const found = ids.find((_, n) => places[n]?.channel === channel && places[n]?.ts === ts);
    const stored = found === undefined ? null : await changes.get(found);
    if (stored !== null) return stored.doubt === undefined ? stored.change : null;
  }
  return null;
}
