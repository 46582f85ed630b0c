import type { ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';

/** Slack shows the person an error after three seconds without an ack. */
const ACK_WARNING_MS = 2_000;

/** The payloads in progress: a stop waits for them, and a late ack is logged. */
export class InFlight {
  readonly #log: Log;
  readonly #ackWarningMs: number;
  readonly #works = new Set<Promise<void>>();

  constructor(log: Log, ackWarningMs = ACK_WARNING_MS) {
    this.#log = log;
    this.#ackWarningMs = ackWarningMs;
  }

  /** Runs the work, and watches the event's ack. */
  async track(event: ReceiverEvent, work: (watched: ReceiverEvent) => Promise<void>): Promise<void> {
    const afterMs = this.#ackWarningMs;
    const warning = setTimeout(() => this.#log.warn({ afterMs }, 'Payload is not acknowledged yet'), afterMs);
    const ack: ReceiverEvent['ack'] = async (response) => {
      clearTimeout(warning);
      await event.ack(response);
    };
    const running = work({ ...event, ack }).finally(() => clearTimeout(warning));
    this.#works.add(running);
    try {
      await running;
    } finally {
      this.#works.delete(running);
    }
  }

  /** Waits until all work has ended, or for the limit; returns how many are still in progress. */
  async drain(limitMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.allSettled(this.#works), limit]);
    clearTimeout(timer);
    return this.#works.size;
  }
}
