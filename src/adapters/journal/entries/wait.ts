import type { Clock } from '../../../ports/clock.ts';
import { JournalLocked, type JournalOptions, openJournal } from './journal.ts';

/** The other worker may run for weeks, so one second more before the takeover does not matter. */
const RETRY_EVERY_MS = 1_000;

/** How to wait for a journal. */
export interface JournalWait extends JournalOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called once, when another worker holds the journal. */
  readonly onWait: (locked: JournalLocked) => void;
}

/** Opens the journal; a second worker waits without limit and takes over. Throws like `openJournal`, except JournalLocked. */
export async function openJournalWhenFree(wait: JournalWait): ReturnType<typeof openJournal> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await openJournal(wait);
    } catch (error) {
      if (!(error instanceof JournalLocked)) throw error;
      if (tries === 0) wait.onWait(error);
      await wait.clock.sleep(RETRY_EVERY_MS, wait.signal);
    }
  }
}
