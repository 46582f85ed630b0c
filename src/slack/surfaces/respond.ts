import type { RespondFn } from '@slack/bolt';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { verbatim } from '../api/verbatim.ts';
import { isClosedChannel, type PostOptions, patiently } from '../outbox/post-card.ts';
import type { Words } from './answer-words.ts';

/** How a surface replies. */
export type Respond = (words: Words) => Promise<unknown>;

/** Through the response_url of a command or a click. */
export const throughUrl =
  (respond: RespondFn): Respond =>
  ({ to, text, blocks }) =>
    respond({
      response_type: to === 'channel' ? 'in_channel' : 'ephemeral',
      replace_original: false,
      text,
      ...(blocks === undefined ? {} : { blocks: verbatim(blocks) }),
    });

interface ReplyOptions extends PostOptions {
  readonly slack: SlackPoster;
}

/** Where the bot replies by messages: in a channel, perhaps in a thread; `isDirect`: in direct messages. */
export interface ReplyPlace {
  readonly channel: string;
  readonly thread?: string | undefined;
  readonly isDirect?: boolean;
}

/** By messages of the bot, for payloads without a response_url. Where the bot may not write, the person gets a direct message. */
export const byMessages = (
  options: ReplyOptions,
  { channel, thread, isDirect = false }: ReplyPlace,
  user: string,
): Respond => {
  const { slack } = options;
  return async ({ to, text, blocks = [] }) => {
    const drawing = { text, blocks };
    const isHere = isDirect || (to === 'place' && thread !== undefined);
    try {
      if (to !== 'channel' && !isHere) return await slack.whisper({ channel, thread }, user, drawing);
      return await patiently(() => slack.post(channel, drawing, isHere ? thread : undefined), options);
    } catch (error) {
      if (to === 'channel' || !isClosedChannel(error)) throw error;
      return await slack.direct(user, text);
    }
  };
};

/** Replies to one person, or to the channel. A reply that cannot be delivered is only logged. */
export async function say(words: Words, respond: Respond, log: Log): Promise<void> {
  try {
    await respond(words);
  } catch (err) {
    log.warn({ err }, 'Reply could not be delivered');
  }
}
