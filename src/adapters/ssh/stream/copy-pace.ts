import type { Clock } from '../../../ports/clock.ts';
import type { CopyProgress } from '../../../ports/copier.ts';

/** The rate is taken over this long. */
const WINDOW_MS = 5_000;
/** Progress is told no more often than this. */
const TELL_MS = 1_000;

interface Sample {
  readonly at: number;
  readonly sent: number;
}

/** Counts a copy's bytes and tells its progress now and then. */
export class CopyPace {
  readonly #total: number;
  readonly #clock: Clock;
  readonly #tell: (progress: CopyProgress) => void;
  #samples: readonly Sample[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;
  #sent = 0;
  #saved = 0;

  constructor(total: number, clock: Clock, tell: (progress: CopyProgress) => void) {
    this.#total = total;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** A transfer begins at this byte: what came before is no part of the rate, and need not be sent. */
  begin(sent: number): void {
    this.#sent = sent;
    this.#saved = sent;
    this.#samples = [{ at: this.#now(), sent }];
    this.#say(sent);
  }

  /** So many bytes more need not be sent. */
  save(bytes: number): void {
    this.#saved += bytes;
  }

  /** So many bytes are there. */
  reached(sent: number): void {
    this.#sent = sent;
    this.look();
  }

  /** Reports where the copy is, if the last report is old: the last bytes arrive soon after a report, and no more follow them. */
  look(): void {
    const now = this.#now();
    if (now - this.#toldAt < TELL_MS) return;
    const recent = this.#samples.filter(({ at }) => now - at <= WINDOW_MS);
    const samples = recent.length === 0 ? this.#samples.slice(-1) : recent;
    this.#samples = [...samples, { at: now, sent: this.#sent }];
    this.#say(this.#sent);
  }

  /** All is there: told at once. */
  complete(): void {
    this.#say(this.#total);
  }

  /** All was there before. */
  allSaved(): void {
    this.#saved = this.#total;
  }

  #say(sent: number): void {
    this.#toldAt = this.#now();
    const rate = this.#rate(sent);
    this.#tell({ sent, saved: this.#saved, total: this.#total, ...(rate === null ? {} : { rate }) });
  }

  /** Null before any time has passed. */
  #rate(sent: number): number | null {
    const [oldest] = this.#samples;
    const seconds = oldest === undefined ? 0 : (this.#now() - oldest.at) / 1000;
    return oldest === undefined || seconds <= 0 ? null : Math.round(Math.max(0, sent - oldest.sent) / seconds);
  }

  #now(): number {
    return this.#clock.steadyMs();
  }
}
