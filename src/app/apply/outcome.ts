import type { FailureReport } from '../../domain/answers/failure-report.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { ChangeEvent, ChangeId, Proof } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Clock } from '../../ports/clock.ts';
import { isEndedByBot, type RecordPorts, record } from '../record/record.ts';

/** How the work on an approved change ended. */
export type Outcome =
  | { readonly is: 'done'; readonly proof: Proof; readonly seconds: number }
  | { readonly is: 'failed'; readonly failure: FailureReport }
  | { readonly is: 'cancelled'; readonly by: Person }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The bot ended it before this worker had begun it. */
  | { readonly is: 'ended-by-bot' };

/** Records how it ended, unless the bot had ended the change already: then the bot's word is the one that the journal keeps. */
export async function recordOutcome(
  id: ChangeId,
  outcome: Outcome,
  ports: RecordPorts & { readonly clock: Clock },
): Promise<void> {
  const mayBeEnded = outcome.is === 'ended-by-bot' || outcome.is === 'cancelled';
  if (mayBeEnded && (await hasBotEnded(id, ports))) return;
  const event = eventOf(outcome, ports.clock.now().toISOString());
  if (event !== null) await record(id, event, ports);
}

/**
 * Has the bot ended this change before a worker began it? Then its `cancelled` or `refused` joins the journal: from then on this
 * worker does not start the change, whatever Redis says.
 */
export async function hasBotEnded(id: ChangeId, { changes, journal }: RecordPorts): Promise<boolean> {
  const stored = await changes.get(id);
  if (stored === null || !isEndedByBot(stored.change)) return false;
  const { state } = stored.change;
  const known = changeFrom(await journal.events(id));
  const event = stored.events.findLast(({ type }) => type === state);
  if (event !== undefined && known !== null && known.state !== state) await journal.append(id, event);
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
