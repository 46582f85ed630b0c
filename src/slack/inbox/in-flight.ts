import { setImmediate as nextRound } from 'node:timers/promises';
import type { ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';

/** Slack shows the person an error after three seconds without an ack. */
const ACK_WARNING_MS = 2_000;
/** Acknowledgements may never stop coming. */
const CALM_LIMIT_MS = 250;

const WINDOW_TYPES: ReadonlySet<unknown> = new Set(['view_submission', 'view_closed']);
const isWindow = ({ body }: ReceiverEvent): boolean => WINDOW_TYPES.has(body.type);

/** The payloads in progress: a stop waits for them, and a late ack is logged. */
export class InFlight {
  readonly #log: Log;
  readonly #ackWarningMs: number;
  readonly #calmLimitMs: number;
  readonly #works = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #acks = 0;

  constructor(log: Log, ackWarningMs = ACK_WARNING_MS, calmLimitMs = CALM_LIMIT_MS) {
    this.#log = log;
    this.#ackWarningMs = ackWarningMs;
    this.#calmLimitMs = calmLimitMs;
  }

  /**
   * Acknowledges the event, then runs the work. A window's answer may name mistakes, so there the work acknowledges itself, and this
   * only watches it. Rejects when the acknowledgement fails: Slack then tells the person that the app did not answer.
   */
  async track(event: ReceiverEvent, work: (watched: ReceiverEvent) => Promise<void>): Promise<void> {
    const afterMs = this.#ackWarningMs;
    const warning = setTimeout(() => this.#log.warn({ afterMs }, 'Payload is not acknowledged yet'), afterMs);
    let acknowledged: Promise<void> | undefined;
    const ack: ReceiverEvent['ack'] = (response) => {
      clearTimeout(warning);
      acknowledged ??= this.#ack(event, response);
      return acknowledged;
    };
    const begin = async () => {
      if (!isWindow(event)) await ack();
      await work({ ...event, ack });
    };
    const running = begin().finally(() => clearTimeout(warning));
    this.#works.add(running);
    try {
      await running;
    } finally {
      this.#works.delete(running);
    }
  }

  async #ack(event: ReceiverEvent, response: unknown): Promise<void> {
    await event.ack(response);
    this.#acks += 1;
    await this.#turn(performance.now() + this.#calmLimitMs);
  }

  /** Lets one work go on after a round of the event loop without an ack: while payloads arrive, they are acknowledged first. */
  #turn(until: number): Promise<void> {
    this.#last = this.#last.then(() => this.#calm(until));
    return this.#last;
  }

  async #calm(until: number): Promise<void> {
    let before: number;
    do {
      before = this.#acks;
      await nextRound();
    } while (this.#acks !== before && performance.now() < until);
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
