import type { Clock } from '../../ports/clock.ts';

/** Twice the allowed age of a request; an older one is rejected by its timestamp. */
const KEPT_MS = 600_000;

/** Signatures of accepted requests, against replay. Not shared between replicas. */
export class SeenSignatures {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #seen = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** True the first time. Pass only verified signatures, so that an attacker cannot fill the memory. */
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
