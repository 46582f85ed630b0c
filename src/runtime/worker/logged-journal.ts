import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { endsChange } from '../../domain/change/effect.ts';
import {
  type Durations,
  durationsOf,
  endInWords,
  eventInWords,
  proofResultInWords,
} from '../../domain/change/event-words.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Journal } from '../../ports/record.ts';
import type { Log } from '../log.ts';
import { heardJournal } from './heard-journal.ts';

/** The journal, with one line in the log for each entry: each turn of a change, by the same number as in Slack, and at its end how long it took. */
export function loggedJournal(journal: Journal, log: Log): Journal {
  async function entry(change: ChangeId, event: ChangeEvent, { line }: { readonly line: number }): Promise<void> {
    if (!endsChange(event)) return log.info({ change, line, says: eventInWords(event) }, 'Journal entry');
    const took = await durationsIn(journal, change);
    log.info({ change, line, says: endInWords(event, took), ...took }, 'Journal entry');
  }
  return heardJournal(journal, {
    entry,
    proof: (proof, { line }) => log.info({ line, says: proofResultInWords(proof) }, 'Journal entry'),
  });
}

/** The entry is written already, so a journal that cannot be read leaves only the line without durations. */
async function durationsIn(journal: Journal, id: ChangeId): Promise<Durations> {
  const events = await journal.events(id).catch(() => []);
  const change = changeFrom(events);
  return change === null ? {} : durationsOf(change);
}
