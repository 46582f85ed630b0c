import type { ChangeId, Progress } from '../../domain/change/change.ts';
import { withoutSecrets } from '../../domain/text/secrets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Changes } from '../../ports/record.ts';

/** At most one word a second goes to Redis; the card is edited every three seconds at most. */
const EVERY_MS = 1_000;

/** Tells progress without ever waiting for it: a word that cannot be told is dropped (`onLost`), the next one says it all again. */
export function progressReporter(id: ChangeId, changes: Changes, clock: Clock, onLost: (error: unknown) => void) {
  let last = Number.NEGATIVE_INFINITY;
  let telling = false;
  return (step: string, progress: Omit<Progress, 'step' | 'at'>): void => {
    const now = clock.steadyMs();
    if (telling || (now - last < EVERY_MS && progress.done < progress.total)) return;
    last = now;
    telling = true;
    changes
      .progress(id, { ...progress, ...safe(progress.note), step, at: clock.now().toISOString() })
      .catch(onLost)
      .finally(() => {
        telling = false;
      });
  };
}

const safe = (note: string | undefined) => (note === undefined ? {} : { note: withoutSecrets(note) });
