import type { Clock } from '../../../ports/clock.ts';

/** Limits bytes per second for all copies together. */
export class RateCap {
  readonly #bytesPerMs: number;
  readonly #clock: Clock;
  /** When the bytes allowed so far will have used up their time. */
  #free = 0;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#clock = clock;
  }

  /** Waits until these bytes may be sent. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.steadyMs();
    const wait = this.#free - now;
    this.#free = Math.max(this.#free, now) + bytes / this.#bytesPerMs;
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }
}
