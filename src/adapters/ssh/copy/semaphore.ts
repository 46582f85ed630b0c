/** Lets only so many work at the same time; the others wait, first come, first served. */
export class Semaphore {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#working >= this.#most) await this.#wait(signal);
    else this.#working += 1;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** The turn is handed over as it is, so that nobody comes between. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#working -= 1;
    else next();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const called = () => {
        signal.removeEventListener('abort', gone);
        resolve();
      };
      const gone = () => {
        this.#waiting.splice(this.#waiting.indexOf(called), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#waiting.push(called);
    });
  }
}
