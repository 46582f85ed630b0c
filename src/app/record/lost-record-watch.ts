import type { ChangeId } from '../../domain/change/change.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Compared } from './lost-records.ts';

/** The ports of a `LostRecordWatch`. */
export interface LostRecordWatchPorts {
  readonly clock: Clock;
  /** Compares records with the journal; retried after an error. */
  readonly report: (which: Compared) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const CHECK_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 5_000;
/** Redis can lose data without a new connection, for example by FLUSHALL. */
const COMPARE_EVERY_MS = 60_000;

/** Compares Redis with the journal between the worker's jobs: everything at each connection and after a job has missed its record, open changes once a minute. */
export class LostRecordWatch {
  readonly #ports: LostRecordWatchPorts;
  #due: Compared | null = null;
  readonly #inTurn = serialQueue();
  /** The changes whose jobs run or wait, in their order. */
  readonly #jobs: ChangeId[] = [];

  constructor(ports: LostRecordWatchPorts) {
    this.#ports = ports;
  }

  /** Call it when Redis may have lost its data. */
  wake(): void {
    this.#due = 'all';
  }

  /** Runs a job while nothing is being restored, because a change that is reported as failed must not continue. */
  job(id: ChangeId, work: () => Promise<void>): Promise<void> {
    this.#jobs.push(id);
    return this.#inTurn(work).finally(() => this.#jobs.splice(this.#jobs.indexOf(id), 1));
  }

  /** The same, unless another job runs or waits: then the change of that one is returned, and nothing is done. */
  async tryJob(id: ChangeId, work: () => Promise<void>): Promise<ChangeId | null> {
    const { busyWith } = this;
    if (busyWith === null) await this.job(id, work);
    return busyWith;
  }

  /** The change whose job runs; null without one. */
  get busyWith(): ChangeId | null {
    return this.#jobs[0] ?? null;
  }

  /** Runs until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock } = this.#ports;
    let comparedAt = clock.steadyMs();
    while (!signal.aborted) {
      if (clock.steadyMs() - comparedAt >= COMPARE_EVERY_MS) this.#due ??= 'open';
      const which = this.#due;
      const isDone = which === null || (await this.#restore(which, signal));
      if (which !== null && isDone) comparedAt = clock.steadyMs();
      await clock.sleep(isDone ? CHECK_EVERY_MS : RETRY_AFTER_MS, signal).catch(() => undefined);
    }
  };

  async #restore(which: Compared, signal: AbortSignal): Promise<boolean> {
    const { report, onError } = this.#ports;
    try {
      await this.#inTurn(async () => {
        if (signal.aborted) return;
        this.#due = null;
        await report(which);
      });
      return true;
    } catch (error) {
      this.#due ??= which;
      onError(error);
      return false;
    }
  }
}
