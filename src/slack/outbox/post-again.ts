import type { Change, MessageRef } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { slackRefused } from '../api/slack-refused.ts';
import { renderCard } from '../card/card.ts';

interface PostAgainOptions {
  readonly slack: Pick<SlackPoster, 'post' | 'reply'>;
  readonly clock: Clock;
  readonly log: Log;
}

const WHY =
  'I was stopped while I posted the card of this change. If another card of it says “Looking at the cluster…”, nobody keeps that one: this one counts.';

/**
 * Posts a change's card once more, for a bot that died between posting it and noting where it hangs. The first one, if there is
 * one, cannot be found: that would take a scope to read the channel, and this app may only write. null when nobody may write there.
 */
export async function postAgain(change: Change, { slack, clock, log }: PostAgainOptions): Promise<MessageRef | null> {
  try {
    const place = await slack.post(change.channel, renderCard({ change, waitsFor: [], now: clock.now() }, 'plan'));
    await slack
      .reply(place, WHY, false)
      .catch((err: unknown) => log.warn({ change: change.id, err }, 'nobody was told why a card was posted again'));
    return place;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault !== 'not-in-channel' && refused.fault !== 'gone') throw refused;
    log.error({ change: change.id, code: refused.code }, 'a card cannot be posted again');
    return null;
  }
}
