import { eventInWords, proofResultInWords } from '../../domain/change/event-words.ts';
import type { Journal } from '../../ports/record.ts';
import type { Log } from '../log.ts';
import { heardJournal } from './heard-journal.ts';

/** The journal, with one line in the log for each entry: each turn of a change, by the same number as in Slack. */
export function loggedJournal(journal: Journal, log: Log): Journal {
  return heardJournal(journal, {
    entry: (change, event, { line }) => log.info({ change, line, says: eventInWords(event) }, 'Journal entry'),
    proof: (proof, { line }) => log.info({ line, says: proofResultInWords(proof) }, 'Journal entry'),
  });
}
