import type { ChangeEvent } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Journal } from '../../ports/record.ts';
import type { ChangeRecord, KnownRecord } from '../record/change-record.ts';
import { CancelAsked } from './cancel-watch.ts';

/**
 * Begins a change, unless it was ended meanwhile: CancelAsked when somebody has cancelled it, false when its approval was taken back.
 * It is the one entry that Redis gets first, as it is a question, too: the record takes either this entry or the bot's, never both.
 * Redis can stop a change this way and start none: before the first act the journal has it, too, and the approval was in the journal
 * before.
 */
export async function begin(record: ChangeRecord, at: string, journal: Journal): Promise<boolean> {
  const published = await begunBefore(record);
  const event: ChangeEvent = published ?? { type: 'started', at };
  if (published === null && !(await record.publish({ event }))) return await endedInstead(record, journal);
  await journal.append(record.id, event);
  return true;
}

/** The bot's `cancelled` or `refused` joins the journal: from then on this worker does not start the change, whatever Redis says. */
export async function noteEnd({ change, events }: KnownRecord, journal: Journal): Promise<void> {
  const known = changeFrom(await journal.events(change.id));
  const event = events.findLast(({ type }) => type === change.state);
  if (event === undefined || known === null || known.state === change.state) return;
  await journal.append(change.id, event);
}

async function endedInstead(record: ChangeRecord, journal: Journal): Promise<false> {
  const stored = await record.known();
  if (stored?.change.state !== 'refused')
    throw new CancelAsked(stored?.change.cancelledBy ?? { id: '', name: 'somebody' });
  await noteEnd(stored, journal);
  return false;
}

/** What a worker published that died before it could write it down. */
async function begunBefore(record: ChangeRecord): Promise<ChangeEvent | null> {
  const stored = await record.known();
  if (stored?.change.state !== 'applying') return null;
  return stored.events.findLast(({ type }) => type === 'started') ?? null;
}
