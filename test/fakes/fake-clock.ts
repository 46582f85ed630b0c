import type { Clock } from '../../src/ports/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class FakeClock implements Clock {
  #now: number;
  #setBy = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(start = '2026-03-01T10:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#now + this.#setBy);
  }

  steadyMs(): number {
    return this.#now;
  }

  /** Sets the time of day, without effect on sleeps. */
  setBy(ms: number): void {
    this.#setBy += ms;
  }

  /** The number of pending sleeps. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleeper = { due: this.#now + ms, wake };
      const { sleepers, abort } = { sleepers: this.#sleepers, abort: () => leave(() => reject(signal.reason)) };
      function leave(then: () => void): void {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', abort);
        then();
      }
      function wake(): void {
        leave(resolve);
      }
      signal.addEventListener('abort', abort);
      sleepers.add(sleeper);
    });
  }

  /** Moves time; due sleeps end in order at their own times, and new sleeps may end within the same move. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#nextDue(until);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.due);
      next.wake();
    }
    this.#now = until;
    await settle();
  }

  #nextDue(until: number): Sleeper | undefined {
    return [...this.#sleepers].filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due)[0];
  }
}

/** Runs all pending microtasks and immediates. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
