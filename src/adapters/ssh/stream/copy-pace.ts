import type { Clock } from '../../../ports/clock.ts';
import type { CopyProgress } from '../../../ports/copier.ts';

/** The rate is an average over this time. */
const WINDOW_MS = 5_000;
/** Minimum interval between reports. */
const REPORT_MS = 1_000;

interface Sample {
  readonly at: number;
  readonly sent: number;
}

/** Counts a copy's bytes and reports its progress. */
export class CopyPace {
  readonly #total: number;
  readonly #clock: Clock;
  readonly #onProgress: (progress: CopyProgress) => void;
  #samples: readonly Sample[] = [];
  #reportedAt = Number.NEGATIVE_INFINITY;
  #furthest = 0;
  #sent = 0;
  #saved = 0;

  constructor(total: number, clock: Clock, onProgress: (progress: CopyProgress) => void) {
    this.#total = total;
    this.#clock = clock;
    this.#onProgress = onProgress;
  }

  /** A transfer starts at this byte; the bytes before it are saved and do not count for the rate. */
  begin(sent: number): void {
    this.#furthest = Math.max(this.#furthest, sent);
    this.#sent = sent;
    this.#saved = sent;
    this.#samples = [{ at: this.#now(), sent }];
    this.#say(sent);
  }

  /** The furthest verified byte from which a transfer has started. */
  get furthest(): number {
    return this.#furthest;
  }

  /** More bytes need not be sent. */
  save(bytes: number): void {
    this.#saved += bytes;
  }

  /** The copy has reached this byte. */
  reached(sent: number): void {
    this.#sent = sent;
    this.look();
  }

  /** Reports progress if the last report is old. Called by a timer, too: no bytes follow the last ones. */
  look(): void {
    const now = this.#now();
    if (now - this.#reportedAt < REPORT_MS) return;
    const recent = this.#samples.filter(({ at }) => now - at <= WINDOW_MS);
    const samples = recent.length === 0 ? this.#samples.slice(-1) : recent;
    this.#samples = [...samples, { at: now, sent: this.#sent }];
    this.#say(this.#sent);
  }

  /** The copy is complete; reports at once. */
  complete(): void {
    this.#say(this.#total);
  }

  /** The target already had every byte. */
  allSaved(): void {
    this.#saved = this.#total;
  }

  #say(sent: number): void {
    this.#reportedAt = this.#now();
    const rate = this.#rate(sent);
    this.#onProgress({ sent, saved: this.#saved, total: this.#total, ...(rate === null ? {} : { rate }) });
  }

  /** Bytes per second; null before any time has passed. */
  #rate(sent: number): number | null {
    const [oldest] = this.#samples;
    const seconds = oldest === undefined ? 0 : (this.#now() - oldest.at) / 1000;
    return oldest === undefined || seconds <= 0 ? null : Math.round(Math.max(0, sent - oldest.sent) / seconds);
  }

  #now(): number {
    return this.#clock.steadyMs();
  }
}
