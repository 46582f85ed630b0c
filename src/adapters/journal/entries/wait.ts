import type { Clock } from '../../../ports/clock.ts';
import { JournalLocked, type JournalOptions, openJournal } from './journal.ts';

/** The other worker may run for weeks; taking over a second after its end is soon enough. */
const LOOK_EVERY_MS = 1_000;

/** How to wait for a journal. */
export interface JournalWait extends JournalOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told once, when another worker has the journal. */
  readonly onWait: (locked: JournalLocked) => void;
}

/**
 * Opens the journal, or waits as long as another worker holds it: of two that were started by mistake one works, and the other
 * stands by without a limit and takes over. Throws like `openJournal`, but for JournalLocked.
 */
export async function openJournalWhenFree(wait: JournalWait): ReturnType<typeof openJournal> {
  for (let looks = 0; ; looks += 1) {
    try {
      return await openJournal(wait);
    } catch (error) {
      if (!(error instanceof JournalLocked)) throw error;
      if (looks === 0) wait.onWait(error);
      await wait.clock.sleep(LOOK_EVERY_MS, wait.signal);
    }
  }
}
