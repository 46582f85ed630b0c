import type { SlackPoster } from './poster.ts';
import { SlackRefused } from './slack-refused.ts';

/** A poster, and the channels in which its last write was refused. */
export interface ChannelsNoted {
  readonly slack: SlackPoster;
  /** Channels that are archived, or that the bot was removed from, as far as the last write in each tells. */
  readonly closed: () => readonly string[];
}

/** The same poster, which notes in which channels the bot may not write. */
export function withClosedChannels(slack: SlackPoster): ChannelsNoted {
  const closed = new Set<string>();
  async function noted<T>(channel: string, write: Promise<T>): Promise<T> {
    try {
      const result = await write;
      closed.delete(channel);
      return result;
    } catch (error) {
      if (error instanceof SlackRefused && error.fault === 'not-in-channel') closed.add(channel);
      throw error;
    }
  }
  return {
    slack: {
      ...slack,
      post: (channel, ...order) => noted(channel, slack.post(channel, ...order)),
      repost: (channel, ...order) => noted(channel, slack.repost(channel, ...order)),
      update: (place, ...order) => noted(place.channel, slack.update(place, ...order)),
      reply: (place, ...order) => noted(place.channel, slack.reply(place, ...order)),
    },
    closed: () => [...closed],
  };
}
