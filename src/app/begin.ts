import type { Person } from '../domain/approval.ts';
import type { ChangeEvent, ChangeId } from '../domain/change.ts';
import { changeFrom } from '../domain/fold.ts';
import type { Changes, StoredChange } from '../ports.ts';
import { CancelAsked } from './cancel-watch.ts';
import { type RecordPorts, tell } from './record.ts';

/**
 * Begins a change, unless somebody has cancelled it meanwhile: then CancelAsked. It is the one entry that Redis gets first, as it
 * is a question, too: the record takes either this entry or the bot's `cancelled`, never both. Redis can stop a change this way and
 * start none: before the first act the journal has it, too, and the approval was in the journal before.
 */
export async function begin(id: ChangeId, at: string, { journal, changes }: RecordPorts): Promise<void> {
  const told = await begunBefore(id, changes);
  const event: ChangeEvent = told ?? { type: 'started', at };
  if (told === null && !(await tell(id, event, changes))) throw new CancelAsked(await whoCancelled(id, changes));
  await journal.append(id, event);
}

/** The bot's `cancelled` joins the journal: from then on this worker does not start the change, whatever Redis says. */
export async function noteCancelled({ change, events }: StoredChange, { journal }: RecordPorts): Promise<void> {
  const known = changeFrom(await journal.events(change.id));
  const event = events.findLast(({ type }) => type === 'cancelled');
  if (event === undefined || known === null || known.state === 'cancelled') return;
  await journal.append(change.id, event);
}

/** What a worker told Redis that died before it could write it down. */
async function begunBefore(id: ChangeId, changes: Changes): Promise<ChangeEvent | null> {
  const stored = await changes.get(id);
  if (stored?.change.state !== 'applying') return null;
  return stored.events.findLast(({ type }) => type === 'started') ?? null;
}

async function whoCancelled(id: ChangeId, changes: Changes): Promise<Person> {
  return (await changes.get(id))?.change.cancelledBy ?? { id: '', name: 'somebody' };
}
