import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import type { JournalMark } from '../../domain/change/record-entry.ts';
import type { ProofResult } from '../../domain/cluster/proof-result.ts';
import type { Journal } from '../../ports/record.ts';

/** Hears of what is on disk. */
interface Hearer {
  readonly entry?: (id: ChangeId, event: ChangeEvent, mark: JournalMark) => void | Promise<void>;
  readonly proof?: (proof: ProofResult, mark: JournalMark) => void;
}

/** The same journal, with somebody who hears of each entry once it is written. */
export function heardJournal(journal: Journal, hearer: Hearer): Journal {
  return {
    async append(id, event) {
      const mark = await journal.append(id, event);
      await hearer.entry?.(id, event, mark);
      return mark;
    },
    async noteProof(proof) {
      const mark = await journal.noteProof(proof);
      hearer.proof?.(proof, mark);
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
