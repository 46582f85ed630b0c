import { serialQueue } from '../../flow/serial-queue.ts';
import type { Clock } from '../../ports/clock.ts';

/** What telling again needs. */
export interface RetellingPorts {
  readonly clock: Clock;
  /** Reports what Redis has lost; thrown errors are a later try. */
  readonly report: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 1_000;
const AGAIN_MS = 5_000;

/** Looks, between the worker's jobs, whether Redis has lost changes: whenever it was away, and whenever a job found it so. */
export class Retelling {
  readonly #ports: RetellingPorts;
  #isDue = false;
  readonly #inTurn = serialQueue();

  constructor(ports: RetellingPorts) {
    this.#ports = ports;
  }

  /** Redis may have lost its data. */
  wake(): void {
    this.#isDue = true;
  }

  /** Does a job, when nothing is being told: what is told as ended must not go on meanwhile. */
  job(work: () => Promise<void>): Promise<void> {
    return this.#inTurn(work);
  }

  /** Looks until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      const wentWell = !this.#isDue || (await this.#look(signal));
      await clock.sleep(wentWell ? LOOK_EVERY_MS : AGAIN_MS, signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<boolean> {
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
