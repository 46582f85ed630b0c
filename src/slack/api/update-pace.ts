import type { Clock } from '../../ports/clock.ts';
import { SlackRefused } from './slack-refused.ts';

/**
 * chat.update is a Tier 3 method: 50 calls per minute and workspace (docs.slack.dev, "Rate limits"). These two limits allow at most
 * 40 within any minute, which leaves some for other replicas.
 */
const UPDATES_PER_MINUTE = 35;
const UPDATES_AT_ONCE = 5;

/** Edits that stay free for more urgent cards. Without them, 40 cards with progress would delay the end of one for a minute. */
const KEPT_FREE = { end: 0, wait: 1, progress: 2, steps: 3 } as const;

/** What an edit shows: an end or a decision, a wait or an interruption, progress, or the list of steps below it. */
export type Urgency = keyof typeof KEPT_FREE;

/** A token bucket for all edits. When it has too few for this urgency, it throws `rate-limited` with a retry time, like Slack. */
export function updatePace(clock: Pick<Clock, 'steadyMs'>): { take(urgency: Urgency): void; pause(ms: number): void } {
  const perMs = UPDATES_PER_MINUTE / 60_000;
  let tokens = UPDATES_AT_ONCE;
  let filledAt = clock.steadyMs();
  return {
    take(urgency) {
      const now = clock.steadyMs();
      if (now > filledAt) {
        tokens = Math.min(UPDATES_AT_ONCE, tokens + (now - filledAt) * perMs);
        filledAt = now;
      }
      const needed = 1 + KEPT_FREE[urgency];
      if (now < filledAt || tokens < needed) {
        const retryAfterMs = Math.max(0, filledAt - now) + Math.ceil((needed - tokens) / perMs);
        throw new SlackRefused('rate-limited', "the bot's own limit of edits", { retryAfterMs });
      }
      tokens -= 1;
    },
    pause(ms) {
      tokens = 1;
      filledAt = clock.steadyMs() + ms;
    },
  };
}
