import type { ChangeEvent } from '../../domain/change/change.ts';
import type { Journal } from '../../ports/record.ts';
import type { ChangeRecord } from '../record/change-record.ts';

/**
 * Begins a change; false when the bot has ended it meanwhile. It is the one entry that Redis gets first, as it is a question, too:
 * the record takes either this entry or the bot's, never both. Redis can stop a change this way and start none: before the first act
 * the journal has it, too, and the approval was in the journal before.
 */
export async function begin(record: ChangeRecord, at: string, journal: Journal): Promise<boolean> {
  const published = await begunBefore(record);
  const event: ChangeEvent = published ?? { type: 'started', at };
  if (published === null && !(await record.publish({ event }))) return false;
  await journal.append(record.id, event);
  return true;
}

/** What a worker published that died before it could write it down. */
async function begunBefore(record: ChangeRecord): Promise<ChangeEvent | null> {
  const stored = await record.known();
  if (stored?.change.state !== 'applying') return null;
  return stored.events.findLast(({ type }) => type === 'started') ?? null;
}
