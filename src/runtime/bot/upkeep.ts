import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../log.ts';

const EVERY_MS = 10_000;

/** Maintains the open changes again and again: every ten seconds, and at once when something that decides about them has changed. */
export class Upkeep {
  readonly #tend: () => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  #isDue = new AbortController();

  constructor(tend: () => Promise<void>, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#tend = tend;
    this.#clock = clock;
    this.#log = log;
  }

  /** The next round begins at once, or right after the one that runs now. */
  readonly hurry = (): void => this.#isDue.abort();

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tend().catch((err: unknown) => this.#log.warn({ err }, 'Open changes could not be checked'));
      const due = AbortSignal.any([signal, this.#isDue.signal]);
      await this.#clock.sleep(EVERY_MS, due).catch(() => undefined);
      this.#isDue = new AbortController();
    }
  }
}
