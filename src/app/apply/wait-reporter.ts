import { BEFORE_THE_STEPS, type ChangeId } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Changes } from '../../ports/record.ts';
import { progressReporter } from './progress-reporter.ts';

/** Each word is an edit of the card; the same one is repeated this often, should it have been lost. */
const SAME_AGAIN_MS = 30_000;

export interface WaitPorts {
  readonly changes: Changes;
  readonly clock: Clock;
  /** Told when a word could not be told. */
  readonly onProgressLost: (error: unknown) => void;
}

/** Tells on the card what a change waits for before its steps begin, or begin again. */
export function waitReporter(id: ChangeId, { changes, clock, onProgressLost }: WaitPorts): (says: string) => void {
  const report = progressReporter(id, changes, clock, onProgressLost);
  let last = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  return (says) => {
    const at = clock.steadyMs();
    if (says === last && at - toldAt < SAME_AGAIN_MS) return;
    [last, toldAt] = [says, at];
    report(BEFORE_THE_STEPS, { done: 0, total: 0, unit: 'wait', note: says });
  };
}
