import type { webApi } from '@slack/bolt';
import type { MessageRef } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Drawing, Home, Modal } from '../text/blocks.ts';
import { type PostTurns, postTurns } from './post-turns.ts';
import { SlackRefused, slackRefused } from './slack-refused.ts';
import { type Urgency, updatePace } from './update-pace.ts';
import { verbatim } from './verbatim.ts';
import { webClient } from './web-client.ts';

const ANSWER_LIMIT_MS = 10_000;
/** Of each of the three calls of an upload: together shorter than a claim of a reply. */
const UPLOAD_LIMIT_MS = 8_000;
/** Few retries, because a post without an answer may have succeeded, and a retry would post it twice. */
const FEW_RETRIES = { retries: 1, factor: 1, minTimeout: 500, maxTimeout: 500 } as const;
/** The notifier retries edits, with the newest content. */
const NO_RETRIES = { retries: 0 } as const;

const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const;

/** A file to upload. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** A channel, and a thread in it. */
export interface Whispering {
  readonly channel: string;
  readonly thread?: string | undefined;
}

/** Posts and redraws messages. Throws SlackRefused. */
export interface SlackPoster {
  post(channel: string, drawing: Drawing, thread?: string): Promise<MessageRef>;
  /** The card of a change that had one before. New cards go first, as before replies. */
  repost(channel: string, drawing: Drawing): Promise<MessageRef>;
  update(place: MessageRef, drawing: Drawing, urgency: Urgency): Promise<void>;
  /** A reply in the card's thread; `broadcast` shows it in the channel too. */
  reply(place: MessageRef, text: string, broadcast: boolean): Promise<MessageRef>;
  /** A text file in the card's thread; needs the scope files:write. */
  upload(place: MessageRef, file: TextFile, text: string): Promise<void>;
  /** A text file in a thread of the person's direct messages, below `text`; the same scope. Without it, nothing is posted. */
  uploadTo(user: string, file: TextFile, text: string): Promise<void>;
  /** A direct message. Slack opens the conversation (chat.postMessage, "Post to a DM"). */
  direct(user: string, text: string): Promise<void>;
  /** A message that only this person sees. The bot and the person must be members of the channel. */
  whisper(place: Whispering, user: string, drawing: Drawing): Promise<void>;
  /** Shows a modal to the person of a click. Slack accepts its trigger for three seconds. */
  open(trigger: string, view: Modal): Promise<void>;
  /** Replaces a person's Home. */
  publish(user: string, view: Home): Promise<void>;
  /** Replaces an open modal, unless it is newer than this hash. */
  redraw(view: string, hash: string | undefined, as: Modal): Promise<void>;
}

export interface PosterOptions {
  readonly botToken: string;
  readonly slackApiUrl?: string | undefined;
  readonly clock: Pick<Clock, 'steadyMs'>;
  readonly logger: NonNullable<webApi.WebClientOptions['logger']>;
}

/** Posts and redraws messages within Slack's rate limits. */
export function slackPoster(options: PosterOptions): SlackPoster {
  const { logger } = options;
  const posts = webClient(options, { logger, retryConfig: FEW_RETRIES, timeout: ANSWER_LIMIT_MS });
  const edits = webClient(options, { logger, retryConfig: NO_RETRIES, timeout: ANSWER_LIMIT_MS });
  const uploads = webClient(options, { logger, retryConfig: NO_RETRIES, timeout: UPLOAD_LIMIT_MS });
  const pace = updatePace(options.clock);
  const turns = postTurns(options.clock);
  return {
    post: (channel, { text, blocks }, thread) =>
      posted(
        posts.chat.postMessage({ channel, text, blocks: verbatim(blocks), ...inThread(thread), ...NO_PREVIEWS }),
        (ms) => turns.cardWaits(channel, ms),
      ),
    repost: async (channel, { text, blocks }) => {
      turns.take(channel);
      const sent = posts.chat.postMessage({ channel, text, blocks: verbatim(blocks), ...NO_PREVIEWS });
      return await posted(sent, (ms) => turns.pause(channel, ms));
    },
    update: async ({ channel, ts }, { text, blocks }, urgency) => {
      pace.take({ channel, ts }, urgency);
      await inOurWords(edits.chat.update({ channel, ts, text, blocks: verbatim(blocks) }), pace.pause);
    },
    reply: async ({ channel, ts }, text, broadcast) => {
      turns.take(channel);
      const sent = posts.chat.postMessage({
        ...{ channel, thread_ts: ts, text, reply_broadcast: broadcast },
        ...NO_PREVIEWS,
      });
      return await posted(sent, (ms) => turns.pause(channel, ms));
    },
    ...uploading(posts, edits, uploads, turns),
    ...viewsWith(edits),
    whisper: async ({ channel, thread }, user, { text, blocks }) => {
      const words = { text, blocks: verbatim(blocks) };
      await inOurWords(posts.chat.postEphemeral({ channel, user, ...words, ...inThread(thread) }));
    },
    direct: async (user, text) => void (await posted(posts.chat.postMessage({ channel: user, text, ...NO_PREVIEWS }))),
  };
}

type Client = ReturnType<typeof webClient>;

/** Text files in a thread of a channel, or of a person's direct messages. */
function uploading(
  posts: Client,
  edits: Client,
  uploads: Client,
  turns: PostTurns,
): Pick<SlackPoster, 'upload' | 'uploadTo'> {
  return {
    upload: async ({ channel, ts }, { name, text: content }, text) => {
      turns.take(channel);
      const to = { channel_id: channel, thread_ts: ts, initial_comment: text };
      await inOurWords(uploads.files.uploadV2({ ...to, filename: name, content }));
    },
    uploadTo: async (user, { name, text: content }, text) => {
      // Only asks for an address, which expires unused: it fails before anything is posted if files are not allowed.
      await inOurWords(uploads.files.getUploadURLExternal({ filename: name, length: Buffer.byteLength(content) }));
      const { channel, ts } = await posted(posts.chat.postMessage({ channel: user, text, ...NO_PREVIEWS }));
      try {
        await inOurWords(uploads.files.uploadV2({ channel_id: channel, thread_ts: ts, filename: name, content }));
      } catch (error) {
        await inOurWords(edits.chat.update({ channel, ts, text: `${name} could not be uploaded. Ask again for it.` }));
        throw error;
      }
    },
  };
}

/** Modals and Homes. They replace what is shown, so nothing is posted twice. */
const viewsWith = (client: Client): Pick<SlackPoster, 'open' | 'publish' | 'redraw'> => ({
  open: async (trigger_id, view) => void (await inOurWords(client.views.open({ trigger_id, view: exact(view) }))),
  publish: async (user_id, view) => void (await inOurWords(client.views.publish({ user_id, view: exact(view) }))),
  redraw: async (view_id, hash, view) =>
    void (await inOurWords(
      client.views.update({ view_id, view: exact(view), ...(hash === undefined ? {} : { hash }) }),
    )),
});

const exact = <V extends Modal | Home>(view: V): V => ({ ...view, blocks: verbatim(view.blocks) });

const inThread = (thread: string | undefined) => (thread === undefined ? {} : { thread_ts: thread });

async function posted(
  call: Promise<webApi.ChatPostMessageResponse>,
  onRateLimit?: (ms: number) => void,
): Promise<MessageRef> {
  const { channel, ts } = await inOurWords(call, onRateLimit);
  if (channel === undefined || ts === undefined) throw new SlackRefused('unavailable', 'posted without a ts');
  return { channel, ts };
}

async function inOurWords<T>(call: Promise<T>, onRateLimit: (ms: number) => void = () => undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault === 'rate-limited') onRateLimit(refused.retryAfterMs);
    throw refused;
  }
}
