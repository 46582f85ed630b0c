import type { ChangeEvent } from '../../../src/domain/change/change.ts';

/** From this line of the journal on (0 is the first), the worker's clock was off by so much. */
export interface ClockSet {
  readonly line: number;
  readonly offMs: number;
}

/** The same events, dated as a right clock would have dated them. */
export function inTrueTime(events: readonly ChangeEvent[], sets: readonly ClockSet[]): readonly ChangeEvent[] {
  return events.map((event, at) => {
    const offMs = sets.findLast(({ line }) => line <= at)?.offMs ?? 0;
    return offMs === 0 ? event : { ...event, at: new Date(Date.parse(event.at) - offMs).toISOString() };
  });
}
