import { BEFORE_THE_STEPS, type ChangeId, type Progress } from '../../domain/change/change.ts';
import { withoutSecrets } from '../../domain/text/secrets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Changes } from '../../ports/record.ts';

/** The minimum time between two writes to Redis. The card is edited every three seconds at most. */
const EVERY_MS = 1_000;

/** Publishes progress without waiting for it. Progress that cannot be published is dropped (`onLost`); the next one replaces it. */
export function progressReporter(id: ChangeId, changes: Changes, clock: Clock, onLost: (error: unknown) => void) {
  let last = Number.NEGATIVE_INFINITY;
  let isPublishing = false;
  return (step: string, progress: Omit<Progress, 'step' | 'at'>): void => {
    const now = clock.steadyMs();
    if (isPublishing || (now - last < EVERY_MS && progress.done < progress.total)) return;
    last = now;
    isPublishing = true;
    changes
      .progress(id, { ...progress, ...safe(progress.note), step, at: clock.now().toISOString() })
      .catch(onLost)
      .finally(() => {
        isPublishing = false;
      });
  };
}

const safe = (note: string | undefined) => (note === undefined ? {} : { note: withoutSecrets(note) });

/** The same wait is published again this often, in case it was lost. */
const REPEAT_EVERY_MS = 30_000;

interface WaitPorts {
  readonly changes: Changes;
  readonly clock: Clock;
  /** Called when progress could not be published. */
  readonly onProgressLost: (error: unknown) => void;
}

/** Reports on the card what a change waits for before its steps begin or resume. */
export function waitReporter(id: ChangeId, { changes, clock, onProgressLost }: WaitPorts): (says: string) => void {
  const report = progressReporter(id, changes, clock, onProgressLost);
  let last = '';
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (says) => {
    const at = clock.steadyMs();
    if (says === last && at - reportedAt < REPEAT_EVERY_MS) return;
    [last, reportedAt] = [says, at];
    report(BEFORE_THE_STEPS, { done: 0, total: 0, unit: 'wait', note: says });
  };
}
