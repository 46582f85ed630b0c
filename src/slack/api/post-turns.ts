import type { Clock } from '../../ports/clock.ts';
import { SlackRefused } from './slack-refused.ts';

/** Extra time beyond Slack's Retry-After that other messages leave to a waiting card. */
const YIELD_MS = 1_500;
/** Slack allows one message a second in a channel, and a few more at once (docs.slack.dev, rate limits). */
const EVERY_MS = 1_000;
const AT_ONCE = 5;

/** Who may post in a channel: a new card at once, because a person waits for it; all else in turn. */
export interface PostTurns {
  /** Slack has refused a new card for so long. */
  cardWaits(channel: string, ms: number): void;
  /** Slack has refused another message for so long. */
  pause(channel: string, ms: number): void;
  /** Call before any other message. Throws SlackRefused while a new card waits, or without a turn; each caller is told a time of its own. */
  take(channel: string): void;
}

/** One channel: until when a new card waits, how many messages may go at once, and the last time that was given to a caller. */
interface Channel {
  cardUntil: number;
  turns: number;
  at: number;
  promised: number;
}

export function postTurns(clock: Pick<Clock, 'steadyMs'>): PostTurns {
  const channels = new Map<string, Channel>();
  const at = (name: string): Channel => {
    const now = clock.steadyMs();
    const known = channels.get(name);
    if (known === undefined) {
      const fresh = { cardUntil: 0, turns: AT_ONCE, at: now, promised: 0 };
      channels.set(name, fresh);
      return fresh;
    }
    // Before the end of a pause, `at` is in the future.
    const gained = Math.max(0, now - known.at) / EVERY_MS;
    known.turns = Math.min(AT_ONCE, known.turns + gained);
    known.at = Math.max(known.at, now);
    return known;
  };
  return {
    cardWaits(name, ms) {
      at(name).cardUntil = clock.steadyMs() + ms + YIELD_MS;
    },
    pause(name, ms) {
      const channel = at(name);
      channel.turns = 0;
      channel.at = Math.max(channel.at, clock.steadyMs() + ms - EVERY_MS);
    },
    take(name) {
      const channel = at(name);
      const now = clock.steadyMs();
      if (channel.cardUntil > now) throw wait('a new card goes first', channel.cardUntil - now);
      if (channel.turns >= 1) {
        channel.turns -= 1;
        return;
      }
      const next = channel.at + (1 - channel.turns) * EVERY_MS;
      channel.promised = Math.max(next, channel.promised + EVERY_MS);
      throw wait('the bot’s own limit of messages', channel.promised - now);
    },
  };
}

const wait = (why: string, retryAfterMs: number) =>
  new SlackRefused('rate-limited', why, { retryAfterMs: Math.ceil(retryAfterMs), isOwnLimit: true });
