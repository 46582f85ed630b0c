import type { Clock } from '../../../src/ports/clock.ts';
import type { Stage } from './stage.ts';

/** What a statement needs to be played. */
export interface Performance {
  readonly stage: Stage;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Multiplies every limit, for a slow machine; default 1. */
  readonly patience?: number;
}
