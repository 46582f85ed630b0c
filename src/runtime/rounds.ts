/** Work that repeats beside the process's main work until the signal ends it. */
export class Rounds {
  readonly #signal: AbortSignal;
  readonly #running: Promise<void>[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Starts such work. Its errors are its own: one that it lets out ends the process. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    this.#running.push(work(this.#signal));
  }

  /** Waits for all of it. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
  }
}
