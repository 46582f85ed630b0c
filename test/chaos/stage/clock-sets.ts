import type { ChangeEvent } from '../../../src/domain/change/change.ts';

/** An offset of the worker's clock that applies from this line of the journal (0 is the first). */
export interface ClockSet {
  readonly line: number;
  readonly offMs: number;
}

/** The same events with the times of a correct clock. */
export function inTrueTime(events: readonly ChangeEvent[], sets: readonly ClockSet[]): readonly ChangeEvent[] {
  return events.map((event, at) => {
    const offMs = sets.findLast(({ line }) => line <= at)?.offMs ?? 0;
    return offMs === 0 ? event : { ...event, at: new Date(Date.parse(event.at) - offMs).toISOString() };
  });
}
