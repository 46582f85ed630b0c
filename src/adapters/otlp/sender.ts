import { PlainFailure } from '../../domain/answers/failure.ts';
import type { Span } from '../../domain/traces/span.ts';
import type { Clock } from '../../ports/clock.ts';

/** What a sender needs. */
export interface SenderOptions {
  /** Sends spans. Rejects if they were not accepted, with SpansRejected if they never will be. */
  readonly post: (spans: readonly Span[]) => Promise<void>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Called after each failed send, with the spans that still wait and those that were given up. */
  readonly onUnsent: (error: unknown, counts: { readonly waiting: number; readonly lost: number }) => void;
  /** Called at the end if spans could not be sent. */
  readonly onLeft: (spans: number) => void;
}

/** The receiver does not accept these spans, and never will. */
export class SpansRejected extends PlainFailure {}

/** A large change has some hundred spans of about 1 kB. */
const MOST_WAITING = 2_000;
const MOST_AT_ONCE = 500;
/** Steps that end at the same time go together. */
const COLLECT_MS = 1_000;
const AGAIN_MS = 30_000;
/** A process has 15 s to stop. */
const CLOSE_LIMIT_MS = 3_000;

/** Sends spans in the background, in order. Those that cannot be sent wait; beyond a limit, the oldest are given up. */
export class SpanSender {
  readonly #options: SenderOptions;
  readonly #end = new AbortController();
  readonly #waiting: Span[] = [];
  #lost = 0;
  #work: Promise<void> | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Takes spans that have ended; returns at once and never throws. */
  send(spans: readonly Span[]): void {
    this.#waiting.push(...spans);
    this.#lost += this.#waiting.splice(0, Math.max(0, this.#waiting.length - MOST_WAITING)).length;
    this.#begin();
  }

  #begin(): void {
    if (this.#end.signal.aborted || this.#waiting.length === 0) return;
    this.#work ??= this.#sendAll().finally(() => {
      this.#work = null;
      // Spans may have come after the last look at what waits.
      this.#begin();
    });
  }

  /** Tries once more to send what waits, for a limited time. */
  async close(): Promise<void> {
    this.#end.abort();
    const over = new AbortController();
    const limit = this.#options.clock.sleep(CLOSE_LIMIT_MS, over.signal).catch(() => undefined);
    await Promise.race([this.#sendLast(), limit]);
    over.abort();
    if (this.#waiting.length > 0) this.#options.onLeft(this.#waiting.length);
  }

  async #sendLast(): Promise<void> {
    await this.#work;
    while (this.#waiting.length > 0 && (await this.#sendSome()));
  }

  async #sendAll(): Promise<void> {
    let waitMs = COLLECT_MS;
    while (this.#waiting.length > 0 && (await this.#isTimeAfter(waitMs)))
      waitMs = (await this.#sendSome()) ? 0 : AGAIN_MS;
  }

  /** False once the sender is closed. */
  async #isTimeAfter(ms: number): Promise<boolean> {
    const { signal } = this.#end;
    await this.#options.clock.sleep(ms, signal).catch(() => undefined);
    return !signal.aborted;
  }

  /** Whether to go on at once. */
  async #sendSome(): Promise<boolean> {
    const some = this.#waiting.slice(0, MOST_AT_ONCE);
    try {
      await this.#options.post(some);
      this.#remove(some);
      return true;
    } catch (error) {
      const isLost = error instanceof SpansRejected;
      if (isLost) this.#lost += this.#remove(some);
      this.#options.onUnsent(error, { waiting: this.#waiting.length, lost: this.#lost });
      return isLost;
    }
  }

  /** Newer spans may have pushed some of these out meanwhile. Returns how many were there. */
  #remove(some: readonly Span[]): number {
    const sent = new Set(some);
    const kept = this.#waiting.filter((span) => !sent.has(span));
    return this.#waiting.splice(0, Number.POSITIVE_INFINITY, ...kept).length - kept.length;
  }
}
