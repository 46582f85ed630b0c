import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Changes, StoredChange } from '../../ports/record.ts';
import { type RecordPorts, tell } from '../record/record.ts';
import { CancelAsked } from './cancel-watch.ts';

/**
 * Begins a change, unless it was ended meanwhile: CancelAsked when somebody has cancelled it, false when its approval was taken back.
 * It is the one entry that Redis gets first, as it is a question, too: the record takes either this entry or the bot's, never both.
 * Redis can stop a change this way and start none: before the first act the journal has it, too, and the approval was in the journal
 * before.
 */
export async function begin(id: ChangeId, at: string, ports: RecordPorts): Promise<boolean> {
  const told = await begunBefore(id, ports.changes);
  const event: ChangeEvent = told ?? { type: 'started', at };
  if (told === null && !(await tell(id, { event }, ports.changes))) return await endedInstead(id, ports);
  await ports.journal.append(id, event);
  return true;
}

/** The bot's `cancelled` or `refused` joins the journal: from then on this worker does not start the change, whatever Redis says. */
export async function noteEnd({ change, events }: StoredChange, { journal }: RecordPorts): Promise<void> {
  const known = changeFrom(await journal.events(change.id));
  const event = events.findLast(({ type }) => type === change.state);
  if (event === undefined || known === null || known.state === change.state) return;
  await journal.append(change.id, event);
}

async function endedInstead(id: ChangeId, ports: RecordPorts): Promise<false> {
  const stored = await ports.changes.get(id);
  if (stored?.change.state !== 'refused')
    throw new CancelAsked(stored?.change.cancelledBy ?? { id: '', name: 'somebody' });
  await noteEnd(stored, ports);
  return false;
}

/** What a worker told Redis that died before it could write it down. */
async function begunBefore(id: ChangeId, changes: Changes): Promise<ChangeEvent | null> {
  const stored = await changes.get(id);
  if (stored?.change.state !== 'applying') return null;
  return stored.events.findLast(({ type }) => type === 'started') ?? null;
}
