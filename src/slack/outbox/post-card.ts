import type { Change, MessageRef } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import { renderCard } from '../card/card.ts';

export interface PostOptions {
  readonly slack: Pick<SlackPoster, 'post'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Slack allows one message per second and channel. A person can wait this long for the first card. */
const PATIENCE_MS = 30_000;
const SHORTEST_WAIT_MS = 500;

/** Posts the card of a new change. Throws SlackRefused. */
export async function postCard(change: Change, channel: string, options: PostOptions): Promise<MessageRef> {
  const { slack, clock } = options;
  const post = () => slack.post(channel, renderCard({ change, waitsFor: [], now: clock.now() }));
  return await patiently(post, options);
}

/** Posts a message for which a person waits, and waits for the rate limit. */
export async function patiently<T>(post: () => Promise<T>, { clock, log }: Omit<PostOptions, 'slack'>): Promise<T> {
  const until = clock.steadyMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await post();
    } catch (error) {
      if (!(error instanceof SlackRefused) || error.fault !== 'rate-limited') throw error;
      const ms = Math.max(error.retryAfterMs, SHORTEST_WAIT_MS);
      if (clock.steadyMs() + ms > until) throw error;
      log.info({ ms }, 'A message waits for the rate limit');
      await clock.sleep(ms, AbortSignal.timeout(2 * PATIENCE_MS));
    }
  }
}

/** True if the bot may not write in this channel. Slack reports a channel that the bot cannot see as not found. */
export const isClosedChannel = (error: unknown): boolean =>
  error instanceof SlackRefused && error.fault === 'not-in-channel';
