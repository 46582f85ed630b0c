import type { Clock } from '../../ports/clock.ts';

/** Twice what a request may be old: after that its time alone refuses it. */
const KEPT_MS = 600_000;

/** Signatures of requests that were taken, so that a recorded request does nothing a second time. Per process, not shared. */
export class SeenSignatures {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #seen = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** True the first time; only verified signatures may be given, or anybody could fill the memory. */
  isFirst(signature: string): boolean {
    const now = this.#clock.now().getTime();
    for (const [old, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(signature)) return false;
    this.#seen.set(signature, now + KEPT_MS);
    return true;
  }
}
