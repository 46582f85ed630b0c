/** Background loops of a process, which run until the signal is aborted. */
export class Rounds {
  readonly #signal: AbortSignal;
  readonly #running: Promise<void>[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Starts a loop, which must handle its own errors: an error that escapes ends the process. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    this.#running.push(work(this.#signal));
  }

  /** Waits until all loops have ended. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
  }
}
