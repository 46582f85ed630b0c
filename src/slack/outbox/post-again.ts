import type { Change, MessageRef } from '../../domain/change/change.ts';
import type { SlackPoster } from '../api/poster.ts';
import { slackRefused } from '../api/slack-refused.ts';
import { renderCard } from '../card/card.ts';
import type { PostOptions } from './post-card.ts';

const WHY =
  'The bot stopped while it posted the card of this change. Use this card. An older card that says “Inspecting the cluster…” is not updated any more.';

/**
 * Posts a change's card again, after a bot died before it recorded the card's place. The app has no scope to read the channel, so it
 * cannot find the first card. Null when the bot may not write there.
 */
export async function postAgain(
  change: Change,
  { slack, clock, log }: PostOptions & { readonly slack: Pick<SlackPoster, 'reply'> },
): Promise<MessageRef | null> {
  try {
    const place = await slack.post(change.channel, renderCard({ change, waitsFor: [], now: clock.now() }));
    await slack
      .reply(place, WHY, false)
      .catch((err: unknown) =>
        log.warn({ change: change.id, err }, 'Explanation of a reposted card could not be posted'),
      );
    return place;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault !== 'not-in-channel') throw refused;
    log.error({ change: change.id, code: refused.code }, 'Card cannot be posted again');
    return null;
  }
}
