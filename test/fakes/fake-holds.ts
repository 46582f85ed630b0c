import { isDeepStrictEqual } from 'node:util';
import { type Hold, isSameHold, isUnread, type KeptHold, type UnreadHold } from '../../src/domain/policy/hold.ts';
import type { Holds } from '../../src/ports/policy.ts';

/** Freezes and locks in memory. */
export class FakeHolds implements Holds {
  #holds: readonly KeptHold[] = [];

  async all(): Promise<readonly KeptHold[]> {
    return this.#holds;
  }

  async set(hold: Hold): Promise<boolean> {
    if (this.#holds.some((other) => isAt(other, hold))) return false;
    this.#holds = [...this.#holds, hold];
    return true;
  }

  async lift(hold: KeptHold): Promise<boolean> {
    const left = this.#holds.filter((other) => !isDeepStrictEqual(other, hold));
    const lifted = left.length < this.#holds.length;
    this.#holds = left;
    return lifted;
  }

  /** As somebody who writes to Redis. */
  plant(...holds: readonly UnreadHold[]): void {
    this.#holds = [...this.#holds, ...holds];
  }
}

function isAt(kept: KeptHold, hold: Hold): boolean {
  const place = isUnread(kept) ? kept.as : kept;
  return place !== 'other' && isSameHold(place, hold);
}
