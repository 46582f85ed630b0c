import { eventInWords, proofResultInWords } from '../../domain/change/event-words.ts';
import type { Journal } from '../../ports/record.ts';
import type { Log } from '../log.ts';

/** The journal, with one line in the log for each entry: each turn of a change, by the same number as in Slack. */
export function loggedJournal(journal: Journal, log: Log): Journal {
  return {
    async append(change, event) {
      const mark = await journal.append(change, event);
      log.info({ change, line: mark.line, says: eventInWords(event) }, 'Journal entry');
      return mark;
    },
    async noteProof(proof) {
      const mark = await journal.noteProof(proof);
      log.info({ line: mark.line, says: proofResultInWords(proof) }, 'Journal entry');
      return mark;
    },
    events: (id) => journal.events(id),
    entries: (id) => journal.entries(id),
    hasNonce: (nonce) => journal.hasNonce(nonce),
    startedSince: (id) => journal.startedSince(id),
    changes: () => journal.changes(),
    unsettled: () => journal.unsettled(),
  };
}
