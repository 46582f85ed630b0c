import type { MessageRef } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import { SlackRefused } from './slack-refused.ts';

/**
 * chat.update is a Tier 3 method: 50 calls per minute and workspace (docs.slack.dev, "Rate limits"). These two limits allow at most
 * 40 within any minute, which leaves some for other replicas.
 */
const UPDATES_PER_MINUTE = 35;
const UPDATES_AT_ONCE = 5;
const PER_MS = UPDATES_PER_MINUTE / 60_000;

/** Edits that stay free for more urgent cards. Without them, 40 cards with progress would delay the end of one for a minute. */
const KEPT_FREE = { end: 0, wait: 1, progress: 2, aside: 2, steps: 3 } as const;

/** A message that waits may have more urgent news soon, so it asks again within this time. */
const ASK_AGAIN_MS = 4_000;
/** A message that does not ask again this long after it could has lost its turn: another replica may have drawn it. */
const LATE_MS = 5_000;

/**
 * What an edit shows: an end or a decision, a wait or an interruption, progress, what happened beside the change (another open change
 * for the same node), or the list of steps below the card.
 */
export type Urgency = keyof typeof KEPT_FREE;

/** Our own limit of edits. */
export interface UpdatePace {
  /** Takes an edit for this message, or throws `rate-limited` with a retry time, like Slack. */
  take(place: MessageRef, urgency: Urgency): void;
  /** Slack asks for a pause. */
  pause(ms: number): void;
}

/** A message that was refused an edit. */
interface Waiting {
  readonly urgency: Urgency;
  /** Position among all that have waited. */
  readonly turn: number;
  /** Steady time, in milliseconds. */
  readonly lost: number;
}

/** A token bucket for all edits. More urgent edits go first, and those of equal urgency in the order in which they were wanted. */
export function updatePace(clock: Pick<Clock, 'steadyMs'>): UpdatePace {
  let tokens = UPDATES_AT_ONCE;
  let filledAt = clock.steadyMs();
  const turns = new Turns();
  return {
    take(place, urgency) {
      const now = clock.steadyMs();
      if (now > filledAt) {
        tokens = Math.min(UPDATES_AT_ONCE, tokens + (now - filledAt) * PER_MS);
        filledAt = now;
      }
      const needed = 1 + KEPT_FREE[urgency] + turns.before(place, urgency, now);
      if (now < filledAt || tokens < needed) {
        const dueMs = Math.max(0, filledAt - now) + Math.ceil((needed - tokens) / PER_MS);
        const retryAfterMs = now < filledAt ? dueMs : Math.min(dueMs, ASK_AGAIN_MS);
        turns.wait(place, urgency, now + retryAfterMs + LATE_MS);
        throw new SlackRefused('rate-limited', 'the bot’s own limit of edits', { retryAfterMs, isOwnLimit: true });
      }
      turns.end(place);
      tokens -= 1;
    },
    pause(ms) {
      tokens = 1;
      filledAt = clock.steadyMs() + ms;
    },
  };
}

/** Who was refused an edit, and when. */
class Turns {
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  /** How many messages go before this one. Forgets those that have lost their turn. */
  before(place: MessageRef, urgency: Urgency, now: number): number {
    const own = this.#turnOf(place, urgency);
    let count = 0;
    for (const [key, other] of this.#waiting) {
      if (other.lost < now) this.#waiting.delete(key);
      else if (key !== keyOf(place) && goesFirst(other, { urgency, turn: own })) count += 1;
    }
    return count;
  }

  wait(place: MessageRef, urgency: Urgency, lost: number): void {
    const turn = this.#turnOf(place, urgency);
    if (turn === this.#next) this.#next += 1;
    this.#waiting.set(keyOf(place), { urgency, turn, lost });
  }

  end(place: MessageRef): void {
    this.#waiting.delete(keyOf(place));
  }

  /** A message keeps its turn, but more urgent news begin to wait now. */
  #turnOf(place: MessageRef, urgency: Urgency): number {
    const waiting = this.#waiting.get(keyOf(place));
    return waiting === undefined || KEPT_FREE[waiting.urgency] > KEPT_FREE[urgency] ? this.#next : waiting.turn;
  }
}

const keyOf = ({ channel, ts }: MessageRef): string => `${channel} ${ts}`;

const goesFirst = (one: Pick<Waiting, 'urgency' | 'turn'>, other: Pick<Waiting, 'urgency' | 'turn'>): boolean =>
  KEPT_FREE[one.urgency] < KEPT_FREE[other.urgency] ||
  (KEPT_FREE[one.urgency] === KEPT_FREE[other.urgency] && one.turn < other.turn);
