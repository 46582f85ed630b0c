import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import type { Changes } from '../../ports/record.ts';
import { type RecordPorts, tell } from '../record/record.ts';

/**
 * Begins a change; false when the bot has ended it meanwhile. It is the one entry that Redis gets first, as it is a question, too:
 * the record takes either this entry or the bot's, never both. Redis can stop a change this way and start none: before the first act
 * the journal has it, too, and the approval was in the journal before.
 */
export async function begin(id: ChangeId, at: string, ports: RecordPorts): Promise<boolean> {
  const told = await begunBefore(id, ports.changes);
  const event: ChangeEvent = told ?? { type: 'started', at };
  if (told === null && !(await tell(id, { event }, ports.changes))) return false;
  await ports.journal.append(id, event);
  return true;
}

/** What a worker told Redis that died before it could write it down. */
async function begunBefore(id: ChangeId, changes: Changes): Promise<ChangeEvent | null> {
  const stored = await changes.get(id);
  if (stored?.change.state !== 'applying') return null;
  return stored.events.findLast(({ type }) => type === 'started') ?? null;
}
