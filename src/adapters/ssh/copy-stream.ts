import type { Clock } from '../../ports.ts';
import type { CopyPace } from './copy-pace.ts';
import type { CopyTarget } from './copy-target.ts';
import { notReached } from './words.ts';

/** No byte taken for this long: the connection is given up. */
const STALL_MS = 30_000;
/** After the last byte the target flushes what its memory holds. */
const FLUSH_MS = 600_000;
const LOOK_MS = 1_000;
/** The whole of one transfer; the watch over its bytes ends it long before. */
const TRANSFER_LIMIT_MS = 24 * 3_600_000;

/** What a transfer needs. */
export interface Transfer {
  readonly target: CopyTarget;
  readonly from: number;
  readonly pace: CopyPace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Opens the source at `from`. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

/** Appends the rest of the source to the part file; throws Unreachable when the bytes stop flowing. */
export async function transfer({ target, from, pace, clock, signal, open }: Transfer): Promise<void> {
  const stalled = new AbortController();
  const over = new AbortController();
  const pulse = new Pulse(clock);
  const either = AbortSignal.any([signal, stalled.signal]);
  const watching = watch(pulse, clock, stalled, over.signal);
  pace.begin(from);
  const bytes = counted(readAhead(open(either)), pulse, (taken) => pace.reached(from + taken));
  try {
    await target.append(bytes, { signal: either, limitMs: TRANSFER_LIMIT_MS });
  } catch (error) {
    signal.throwIfAborted();
    throw stalled.signal.aborted ? notReached(target.access, `it took no byte for ${pulse.limitMs / 1000} s`) : error;
  } finally {
    over.abort();
    await watching;
  }
}

/** When the target last took something, and how long it may take for the next. */
class Pulse {
  readonly #clock: Clock;
  #at: number;
  limitMs = STALL_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now().getTime();
  }

  beat(): void {
    this.#at = this.#clock.now().getTime();
  }

  isStalled(): boolean {
    return this.#clock.now().getTime() - this.#at > this.limitMs;
  }
}

async function watch(pulse: Pulse, clock: Clock, stalled: AbortController, over: AbortSignal): Promise<void> {
  while (!over.aborted && !stalled.signal.aborted) {
    await clock.sleep(LOOK_MS, over).catch((reason: unknown) => {
      if (!over.aborted) throw reason;
    });
    if (!over.aborted && pulse.isStalled()) stalled.abort();
  }
}

/** The next chunk is asked for when the one before was taken, so asking is the sign that bytes flow. */
async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  pulse: Pulse,
  onTaken: (taken: number) => void,
): AsyncGenerator<Uint8Array> {
  let taken = 0;
  for await (const chunk of chunks) {
    pulse.beat();
    yield chunk;
    taken += chunk.length;
    pulse.beat();
    onTaken(taken);
  }
  pulse.limitMs = FLUSH_MS;
}

type Read = { readonly next: IteratorResult<Uint8Array> } | { readonly error: unknown };

/** Reads one chunk ahead, so that disk and wire work at the same time. */
export async function* readAhead(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = source[Symbol.asyncIterator]();
  // As a value: a chunk that nobody asks for any more may fail without harm.
  const read = (): Promise<Read> =>
    reader.next().then(
      (next) => ({ next }),
      (error: unknown) => ({ error }),
    );
  let coming = read();
  try {
    for (;;) {
      const come = await coming;
      if ('error' in come) throw come.error;
      if (come.next.done === true) return;
      coming = read();
      yield come.next.value;
    }
  } finally {
    await reader.return?.();
  }
}
