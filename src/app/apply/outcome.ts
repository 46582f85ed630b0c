import type { FailureReport } from '../../domain/answers/failure-report.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { ChangeEvent, Proof } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';
import { type ChangeRecord, isEndedByBot } from '../record/change-record.ts';

/** The outcome of an approved change. */
export type Outcome =
  | { readonly is: 'done'; readonly proof: Proof; readonly seconds: number }
  | { readonly is: 'failed'; readonly failure: FailureReport }
  | { readonly is: 'cancelled'; readonly by: Person }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The bot ended it before this worker began. */
  | { readonly is: 'ended-by-bot' };

/** Records the outcome. If the bot has already ended the change, the journal keeps the bot's entry instead. */
export async function recordOutcome(
  record: ChangeRecord,
  outcome: Outcome,
  { clock, journal }: { readonly clock: Clock; readonly journal: Journal },
): Promise<void> {
  const mayBeEnded = outcome.is === 'ended-by-bot' || outcome.is === 'cancelled';
  if (mayBeEnded && (await hasBotEnded(record, journal))) return;
  const event = eventOf(outcome, clock.now().toISOString());
  if (event !== null) await record.journalAndPublish(event);
}

/**
 * True if the bot ended this change before a worker began it. The bot's `cancelled` or `refused` is then copied to the journal, so that
 * this worker does not start the change even if Redis loses the entry.
 */
export async function hasBotEnded(record: ChangeRecord, journal: Journal): Promise<boolean> {
  const stored = await record.known();
  if (stored === null || !isEndedByBot(stored.change)) return false;
  const { state } = stored.change;
  const journalled = changeFrom(await journal.events(record.id));
  const event = stored.events.findLast(({ type }) => type === state);
  if (event !== undefined && journalled !== null && journalled.state !== state) await journal.append(record.id, event);
  return true;
}

function eventOf(outcome: Outcome, at: string): ChangeEvent | null {
  switch (outcome.is) {
    case 'done':
      return { type: 'done', at, proof: outcome.proof, seconds: outcome.seconds };
    case 'failed':
      return { type: 'failed', at, failure: outcome.failure };
    case 'cancelled':
      return { type: 'cancelled', at, by: outcome.by };
    case 'refused':
      return { type: 'refused', at, refusal: outcome.refusal };
    case 'ended-by-bot':
      return null;
  }
}
