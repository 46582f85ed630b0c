/** The running job's lock was lost, or was not renewed in time, so another worker may take the job. */
export class LockLost extends Error {
  override readonly name = 'LockLost';

  constructor() {
    super('The job’s lock in Redis was not renewed in time; another worker may take it over.');
  }
}

/** Watches the running job's lock, which Redis cannot report as expired in an outage: stops the job after 80% of its time. */
export class LockWatch {
  readonly #limitMs: number;
  #job: { readonly id: string | undefined; readonly stop: AbortController } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(lockMs: number) {
    this.#limitMs = 0.8 * lockMs;
  }

  /** Starts watching a job whose lock was just taken; the signal is aborted with LockLost. */
  begin(id: string | undefined): AbortSignal {
    const stop = new AbortController();
    this.#job = { id, stop };
    this.#wait();
    return stop.signal;
  }

  /** The locks of these jobs were renewed; ignores a late event of an ended job. */
  renewed(ids: readonly (string | undefined)[]): void {
    if (this.#job !== null && ids.includes(this.#job.id)) this.#wait();
  }

  /** The locks of these jobs were lost. */
  lost(ids: readonly (string | undefined)[]): void {
    if (this.#job !== null && ids.includes(this.#job.id)) this.#job.stop.abort(new LockLost());
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#job = null;
  }

  /** False from the loss of the lock until the job's end. */
  inHand(): boolean {
    return !this.#job?.stop.signal.aborted;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const id = this.#job?.id;
    this.#timer = setTimeout(() => this.lost([id]), this.#limitMs);
  }
}
