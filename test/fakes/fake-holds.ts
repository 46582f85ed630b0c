import { isDeepStrictEqual } from 'node:util';
import { type Hold, isSameHold } from '../../src/domain/policy/hold.ts';
import type { Holds } from '../../src/ports/policy.ts';

/** Freezes and locks in memory. */
export class FakeHolds implements Holds {
  #holds: readonly Hold[] = [];

  async all(): Promise<readonly Hold[]> {
    return this.#holds;
  }

  async set(hold: Hold): Promise<boolean> {
    if (this.#holds.some((other) => isSameHold(other, hold))) return false;
    this.#holds = [...this.#holds, hold];
    return true;
  }

  async lift(hold: Hold): Promise<boolean> {
    const left = this.#holds.filter((other) => !isDeepStrictEqual(other, hold));
    const lifted = left.length < this.#holds.length;
    this.#holds = left;
    return lifted;
  }
}
