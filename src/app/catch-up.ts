import { canonicalJson } from '../domain/canonical.ts';
import type { ChangeId } from '../domain/change.ts';
import { type RecordPorts, tell } from './record.ts';

/** Events that a bot writes; the worker keeps copies of them but never tells them. */
const OF_THE_BOT: ReadonlySet<string> = new Set([
  'requested',
  'voted',
  'approved',
  'denied',
  'expired',
  'cancel-requested',
  'undo-asked',
]);

/** Tells Redis what the journal holds and Redis has never heard of, as after a crash between the two. */
export async function catchUp(id: ChangeId, { journal, changes }: RecordPorts): Promise<void> {
  const stored = await changes.get(id);
  if (stored === null) return;
  const told = new Set(stored.events.map(canonicalJson));
  for (const event of await journal.events(id)) {
    if (!OF_THE_BOT.has(event.type) && !told.has(canonicalJson(event))) await tell(id, event, changes);
  }
}
