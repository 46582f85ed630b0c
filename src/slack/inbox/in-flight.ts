import type { ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';

/** Slack shows an error to the person after three seconds without ack; a warning comes before that. */
const ACK_WARNING_MS = 2_000;

/** The payloads that are being worked on: counted, so that a stop can wait for them, and watched until they are acked. */
export class InFlight {
  readonly #log: Log;
  readonly #ackWarningMs: number;
  readonly #works = new Set<Promise<void>>();

  constructor(log: Log, ackWarningMs = ACK_WARNING_MS) {
    this.#log = log;
    this.#ackWarningMs = ackWarningMs;
  }

  /** Runs the work with the event, whose ack is watched. */
  async track(event: ReceiverEvent, work: (watched: ReceiverEvent) => Promise<void>): Promise<void> {
    const afterMs = this.#ackWarningMs;
    const warning = setTimeout(() => this.#log.warn({ afterMs }, 'a payload is not acked yet'), afterMs);
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

  /** Resolves when all work has ended, or after the limit; tells how much is still running then. */
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
