import type { ChangeEvent } from '../../domain/change/change.ts';
import type { Journal } from '../../ports/record.ts';
import type { ChangeRecord } from '../record/change-record.ts';

/**
 * Begins a change; false if the bot has ended it meanwhile. Only this entry is published before it is journaled: the record accepts
 * either this entry or the bot's, never both. Redis can only stop a change in this way, because the journal already has the approval.
 */
export async function begin(record: ChangeRecord, at: string, journal: Journal): Promise<boolean> {
  const published = await begunBefore(record);
  const event: ChangeEvent = published ?? { type: 'started', at };
  if (published === null && !(await record.publish({ event }))) return false;
  await journal.append(record.id, event);
  return true;
}

/** The `started` entry of a worker that died before it could journal it; never one that somebody else has written. */
async function begunBefore(record: ChangeRecord): Promise<ChangeEvent | null> {
  const stored = await record.known();
  if (stored?.change.state !== 'applying') return null;
  const { events, foreignStarts = [] } = stored;
  return events.findLast((event) => event.type === 'started' && !foreignStarts.includes(event)) ?? null;
}
