import type { Clock } from '../../../ports/clock.ts';

/** No byte taken for this long: the connection is given up. */
const STALL_MS = 30_000;
/** After the last byte the target writes, hashes and flushes what its memory holds. */
const FLUSH_MS = 600_000;
const LOOK_MS = 500;

/** When a transfer last moved, and how long it may take for the next byte. */
export class Pulse {
  readonly #clock: Clock;
  #at: number;
  limitMs = STALL_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.steadyMs();
  }

  beat(): void {
    this.#at = this.#clock.steadyMs();
  }

  /** Every byte is on its way: what is left takes as long as the disk needs. */
  last(): void {
    this.beat();
    this.limitMs = FLUSH_MS;
  }

  isStalled(): boolean {
    return this.#clock.steadyMs() - this.#at > this.limitMs;
  }
}

/** Looks now and then until `over`; aborts `stalled` when nothing moved for too long. */
export async function watch(
  pulse: Pulse,
  clock: Clock,
  stalled: AbortController,
  over: AbortSignal,
  look: () => Promise<void> = async () => undefined,
): Promise<void> {
  while (!over.aborted && !stalled.signal.aborted) {
    await clock.sleep(LOOK_MS, over).catch((reason: unknown) => {
      if (!over.aborted) throw reason;
    });
    if (over.aborted) return;
    await look();
    if (pulse.isStalled()) stalled.abort();
  }
}
