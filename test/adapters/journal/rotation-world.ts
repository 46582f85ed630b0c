import type { Rotation } from '../../../src/adapters/journal/entries/rotate.ts';

const DAY_MS = 24 * 3_600_000;

/** Rotation at this moment; a failure to rotate fails the test. */
export function rotationAt(at: string, more: Partial<Rotation> = {}): Rotation {
  return {
    clock: { now: () => new Date(at), steadyMs: () => 0, sleep: async () => undefined },
    maxBytes: Number.MAX_SAFE_INTEGER,
    maxAgeMs: 365 * DAY_MS,
    onFailure: (error) => {
      throw error;
    },
    ...more,
  };
}
