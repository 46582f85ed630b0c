/** Background loops of a process, which run until the signal is aborted. */
export class Rounds {
  readonly #signal: AbortSignal;
  readonly #running: Promise<void>[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Starts loops, which must handle their own errors: an error that escapes ends the process. */
  run(...works: readonly ((signal: AbortSignal) => Promise<void>)[]): void {
    for (const work of works) this.#running.push(work(this.#signal));
  }

  /** Waits until all loops have ended. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
  }
}
