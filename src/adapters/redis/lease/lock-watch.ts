/** The lock of the running job was lost, or has not been renewed for so long that another worker may take the job. */
export class LockLost extends Error {
  override readonly name = 'LockLost';

  constructor() {
    super('The job’s lock in Redis was not renewed in time; another worker may take it over.');
  }
}

/**
 * Watches the running job's lock from this side: during an outage Redis cannot tell that a lock has ended, so the job is stopped
 * when eight tenths of the lock's time have passed without a renewal.
 */
export class LockWatch {
  readonly #limitMs: number;
  #job: { readonly id: string | undefined; readonly stop: AbortController } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(lockMs: number) {
    this.#limitMs = 0.8 * lockMs;
  }

  /** A job begins, with its lock just taken; the signal is aborted with LockLost. */
  begin(id: string | undefined): AbortSignal {
    const stop = new AbortController();
    this.#job = { id, stop };
    this.#wait();
    return stop.signal;
  }

  /** Locks of these jobs were renewed; a late word of a job that has ended changes nothing. */
  renewed(ids: readonly (string | undefined)[]): void {
    if (this.#job !== null && ids.includes(this.#job.id)) this.#wait();
  }

  /** Locks of these jobs are in other hands. */
  lost(ids: readonly (string | undefined)[]): void {
    if (this.#job !== null && ids.includes(this.#job.id)) this.#job.stop.abort(new LockLost());
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#job = null;
  }

  /** False from the loss of a running job's lock to the job's end. */
  inHand(): boolean {
    return !this.#job?.stop.signal.aborted;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const id = this.#job?.id;
    this.#timer = setTimeout(() => this.lost([id]), this.#limitMs);
  }
}
