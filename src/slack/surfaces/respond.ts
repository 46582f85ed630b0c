import type { RespondFn } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import type { Words } from './answer-words.ts';

/** How a surface replies. */
export type Respond = (words: Words) => Promise<unknown>;

/** Through the response_url of a command or a click. */
export const throughUrl =
  (respond: RespondFn): Respond =>
  ({ to, text, blocks }) =>
    respond({
      response_type: to === 'asker' ? 'ephemeral' : 'in_channel',
      replace_original: false,
      text,
      ...(blocks === undefined ? {} : { blocks: [...blocks] }),
    });

/** By messages of the bot, for payloads without a response_url. Where the bot may not write, the person gets a direct message. */
export const byMessages =
  (slack: SlackPoster, channel: string, user: string): Respond =>
  async ({ to, text, blocks = [] }) => {
    const whispered =
      to === 'asker' ? slack.whisper(channel, user, { text, blocks }) : slack.post(channel, { text, blocks });
    await whispered.catch(async (error: unknown) => {
      if (to === 'channel' || !(error instanceof SlackRefused) || error.fault === 'rate-limited') throw error;
      await slack.direct(user, text);
    });
  };

/** Replies to one person, or to the channel. A reply that cannot be delivered is only logged. */
export async function say(words: Words, respond: Respond, log: Log): Promise<void> {
  try {
    await respond(words);
  } catch (err) {
    log.warn({ err }, 'Reply could not be delivered');
  }
}
