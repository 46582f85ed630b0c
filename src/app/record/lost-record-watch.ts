import { serialQueue } from '../../flow/serial-queue.ts';
import type { Clock } from '../../ports/clock.ts';

/** The ports of a `LostRecordWatch`. */
export interface LostRecordWatchPorts {
  readonly clock: Clock;
  /** Restores lost records; retried after an error. */
  readonly report: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const CHECK_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 5_000;

/** Restores lost records between the worker's jobs, after Redis was unreachable or a job has missed its record. */
export class LostRecordWatch {
  readonly #ports: LostRecordWatchPorts;
  #isDue = false;
  readonly #inTurn = serialQueue();

  constructor(ports: LostRecordWatchPorts) {
    this.#ports = ports;
  }

  /** Call it when Redis may have lost its data. */
  wake(): void {
    this.#isDue = true;
  }

  /** Runs a job while nothing is being restored, because a change that is reported as failed must not continue. */
  job(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(work);
  }

  /** Runs until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      const isDone = !this.#isDue || (await this.#restore(signal));
      await clock.sleep(isDone ? CHECK_EVERY_MS : RETRY_AFTER_MS, signal).catch(() => undefined);
    }
  };

  async #restore(signal: AbortSignal): Promise<boolean> {
    const { report, onError } = this.#ports;
    try {
      await this.#inTurn(async () => {
        if (signal.aborted) return;
        this.#isDue = false;
        await report();
      });
      return true;
    } catch (error) {
      this.#isDue = true;
      onError(error);
      return false;
    }
  }
}
