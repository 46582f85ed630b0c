import type { Clock } from '../../../ports/clock.ts';

/** A connection that accepts no data for this long is abandoned. */
const STALL_MS = 30_000;
/** After the last byte the target still writes, hashes and flushes. */
const FLUSH_MS = 600_000;
const CHECK_MS = 500;

/** The time of a transfer's last byte, and the timeout for the next byte. */
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

  /** Every byte was sent; the rest takes as long as the disk needs. */
  last(): void {
    this.beat();
    this.limitMs = FLUSH_MS;
  }

  isStalled(): boolean {
    return this.#clock.steadyMs() - this.#at > this.limitMs;
  }
}

/** Checks at intervals until `over`; aborts `stalled` after the timeout. */
export async function watch(
  pulse: Pulse,
  clock: Clock,
  stalled: AbortController,
  over: AbortSignal,
  look: () => Promise<void> = async () => undefined,
): Promise<void> {
  while (!over.aborted && !stalled.signal.aborted) {
    await clock.sleep(CHECK_MS, over).catch((reason: unknown) => {
      if (!over.aborted) throw reason;
    });
    if (over.aborted) return;
    await look();
    if (pulse.isStalled()) stalled.abort();
  }
}
