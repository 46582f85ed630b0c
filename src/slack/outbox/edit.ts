import type { MessageRef } from '../../domain/change/change.ts';
import type { SlackPoster } from '../api/poster.ts';
import { type SlackRefused, slackRefused } from '../api/slack-refused.ts';
import type { Urgency } from '../api/update-pace.ts';
import type { Drawing } from '../text/blocks.ts';
import { ALL_BLOCKS_LIMIT } from '../text/fit.ts';

/** Characters; a card with its buttons still fits. */
const SMALLEST = 6_000;

/**
 * Redraws a message. One that is too long for Slack becomes smaller. Returns the refusal if the message is gone or Slack takes no such
 * blocks; throws any other.
 */
export async function edit(
  place: MessageRef,
  draw: (limit: number) => Drawing,
  urgency: Urgency,
  slack: Pick<SlackPoster, 'update'>,
  limit = ALL_BLOCKS_LIMIT,
): Promise<SlackRefused | null> {
  try {
    await slack.update(place, draw(limit), urgency);
    return null;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault === 'too-long' && limit > SMALLEST) return edit(place, draw, urgency, slack, limit / 2);
    if (refused.fault === 'gone' || refused.fault === 'invalid-blocks') return refused;
    throw refused;
  }
}
