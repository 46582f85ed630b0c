import { mayWrite } from '../../domain/change/author.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { type RecordPorts, tell } from './record.ts';

/** Tells Redis what the worker decided or did, the journal holds and Redis has never heard of, as after a crash between the two. */
export async function catchUp(id: ChangeId, { journal, changes }: RecordPorts): Promise<void> {
  const stored = await changes.get(id);
  if (stored === null) return;
  const told = new Set(stored.events.map(canonicalJson));
  for (const entry of await journal.entries(id)) {
    if (mayWrite('worker', entry.event) && !told.has(canonicalJson(entry.event))) await tell(id, entry, changes);
  }
}
