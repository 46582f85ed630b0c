import type { Change, ChangeId } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { SlackRefused } from '../api/slack-refused.ts';

/** The ports of `Homes`. */
export interface HomesPorts {
  /** Draws and publishes the Home of a person. */
  readonly publish: (user: string) => Promise<void>;
  /** The change as its record has it; null when there is none that can be trusted. */
  readonly planned: (id: ChangeId) => Promise<Change | null>;
  /** IDs of the people whose decision is wanted. */
  readonly wanted: (change: Change) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
}

/** No Home is published more often by itself. */
const EVERY_MS = 5_000;
/** Nobody looks at a Home that was opened longer ago. */
const WATCHED_MS = 12 * 60 * 60_000;
/** People, and changes, that are remembered. */
const MOST = 500;

/** The Homes that people have opened through this bot: each is drawn again when a change of that person turns. */
export class Homes {
  readonly #ports: HomesPorts;
  readonly #openedAt = new Map<string, number>();
  /** How each change stood when it was looked at. */
  readonly #states = new Map<ChangeId, string>();
  readonly #due = new Set<string>();

  constructor(ports: HomesPorts) {
    this.#ports = ports;
  }

  /** Draws the Home that a person has just opened. */
  async opened(user: string): Promise<void> {
    this.#openedAt.delete(user);
    this.#openedAt.set(user, this.#ports.clock.steadyMs());
    forgetOldest(this.#openedAt);
    await this.#ports.publish(user);
  }

  /** Notes whose Home is out of date. Progress within a state is none of its business. */
  changed(id: ChangeId): void {
    if (this.#openedAt.size === 0) return;
    void this.#note(id).catch((err: unknown) => this.#ports.log.warn({ err, change: id }, 'A Home stays as it is'));
  }

  async #note(id: ChangeId): Promise<void> {
    const { planned, wanted } = this.#ports;
    const change = await planned(id);
    const standing = `${change?.state} ${change?.votes.length}`;
    if (change === null || this.#states.get(id) === standing) return;
    this.#states.set(id, standing);
    forgetOldest(this.#states);
    const people = [change.requester, ...change.votes, ...change.approvers].map((person) => person.id);
    for (const user of [...people, ...(await wanted(change))]) if (this.#openedAt.has(user)) this.#due.add(user);
  }

  /** Publishes what is out of date, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      await this.#publishDue();
      await clock.sleep(EVERY_MS, signal).catch(() => undefined);
    }
  }

  /** When Slack limits the rate, the rest waits for the next round. */
  async #publishDue(): Promise<void> {
    const { publish, clock, log } = this.#ports;
    for (const user of [...this.#due]) {
      this.#due.delete(user);
      if (clock.steadyMs() - (this.#openedAt.get(user) ?? Number.NEGATIVE_INFINITY) > WATCHED_MS) continue;
      try {
        await publish(user);
      } catch (err) {
        const isLimited = err instanceof SlackRefused && err.fault === 'rate-limited';
        if (isLimited) this.#due.add(user);
        else log.warn({ err, user }, 'A Home could not be drawn again');
        if (isLimited) return;
      }
    }
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
