import { recordGone } from '../../domain/answers/failure.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import type { JournalMark } from '../../domain/change/record-entry.ts';
import { redacted } from '../../domain/change/redact.ts';
import type { Changes, Journal } from '../../ports/record.ts';
import { serialQueue } from '../flow/serial-queue.ts';

/** Where the worker writes what it decided and did: its own disk first, Redis second. */
export interface RecordPorts {
  readonly journal: Journal;
  readonly changes: Changes;
}

/** Two writers may meet (a bot that expires, a worker that plans); this often the loser reads again and appends behind. */
const TRIES = 5;

/** Writes an event of the worker, without secrets that its words may have picked up. Throws when the change is not in Redis any more: then nobody would be told. */
export async function record(id: ChangeId, event: ChangeEvent, { journal, changes }: RecordPorts): Promise<void> {
  const safe = redacted(event);
  const mark = await journal.append(id, safe);
  await tell(id, { event: safe, mark }, changes);
}

/** Records one after another, so that journal and Redis tell what happens at the same time in one order. */
export function recordInTurn(id: ChangeId, ports: RecordPorts): (event: ChangeEvent) => Promise<void> {
  const inTurn = serialQueue();
  return (event) => inTurn(() => record(id, event, ports));
}

/** Was it ended by a bot before the worker had begun it: cancelled, or its approval taken back? */
export const isEndedByBot = ({ state, refusal }: Change): boolean =>
  state === 'cancelled' || (state === 'refused' && refusal?.refused === 'approval-withdrawn');

/**
 * Tells Redis what the journal has already. What was cancelled stays cancelled: false, and nothing told, when the bot has ended the
 * change meanwhile, because the worker had not begun it; only that it was undone is told of one that was cancelled half-way, too.
 */
export async function tell(
  id: ChangeId,
  { event, mark }: { readonly event: ChangeEvent; readonly mark?: JournalMark },
  changes: Changes,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await changes.get(id);
    if (stored === null) throw recordGone(id);
    if (event.type !== 'undone' && isEndedByBot(stored.change)) return false;
    if (await changes.append(id, stored.version, event, mark)) return true;
  }
  throw new Error(`The record of change ${id} is being written by somebody else all the time.`);
}
