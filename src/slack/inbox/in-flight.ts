import { setImmediate as nextRound } from 'node:timers/promises';
import type { ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';

/** Slack shows the person an error after three seconds without an ack. */
const ACK_WARNING_MS = 2_000;

/** The payloads in progress: a stop waits for them, and a late ack is logged. */
export class InFlight {
  readonly #log: Log;
  readonly #ackWarningMs: number;
  readonly #works = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();

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
      await this.#turn();
    };
    const running = work({ ...event, ack }).finally(() => clearTimeout(warning));
    this.#works.add(running);
    try {
      await running;
    } finally {
      this.#works.delete(running);
    }
  }

  /** Lets one work go on in each round of the event loop: payloads that have arrived are acknowledged before it. */
  #turn(): Promise<void> {
    this.#last = this.#last.then(() => nextRound());
    return this.#last;
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
