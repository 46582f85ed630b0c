import { z } from 'zod';
import { jsonIn } from '../../../src/domain/text/json.ts';
import { isFields } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';
import type { Site } from '../site/site.ts';
import type { Draft } from '../site/timeline.ts';
import { directChannel } from '../site/workspace.ts';
import { type Answer, type ApiMethod, refuse, withArgs } from './answer.ts';
import { type ContentArgs, contentOf } from './content.ts';
import { messageWire } from './message-wire.ts';

/** chat.update rejects longer texts with msg_too_long (chat.update reference). */
const UPDATE_TEXT_LIMIT = 4000;
const scopes = ['chat:write'];

const Flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform((v) => String(v) === 'true' || v === '1');
const Said = {
  channel: z.string(),
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  metadata: z.unknown().optional(),
};
const Post = z.object({ ...Said, thread_ts: z.string().optional(), reply_broadcast: Flag.optional() });
const Update = z.object({ ...Said, ts: z.string() });
const Ephemeral = z.object({ ...Said, user: z.string(), thread_ts: z.string().optional() });
const Metadata = z.strictObject({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });

/** chat.postMessage: to a channel with the bot in it, optionally in a thread. */
export const postMessage: ApiMethod = {
  token: 'bot',
  scopes,
  run: withArgs(Post, (args, site) => {
    const composed = compose(args, site);
    if (composed.is === 'refused') return composed.answer;
    const isBroadcast = composed.draft.threadTs !== undefined && args.reply_broadcast === true;
    const message = site.timeline.post({ ...composed.draft, ...(isBroadcast ? { broadcast: true } : {}) });
    return { ok: true, channel: message.channel, ts: message.ts, message: messageWire(message, site.workspace) };
  }),
};

/** chat.update: replaces the whole message; text without blocks removes the blocks. */
export const update: ApiMethod = {
  token: 'bot',
  scopes,
  run: withArgs(Update, (args, site) => {
    const isDirect = args.channel.startsWith('D');
    const refusal = (isDirect ? undefined : channelRefusal(args.channel, site)) ?? metadataRefusal(args.metadata);
    if (refusal !== undefined) return refusal;
    const before = site.timeline.find(args.channel, args.ts);
    if (before === undefined || (before.ephemeralFor !== undefined && !isDirect)) return refuse('message_not_found');
    if (before.author.id !== site.workspace.bot.id) return refuse('cant_update_message');
    if ((args.text ?? '').length > UPDATE_TEXT_LIMIT) return refuse('msg_too_long');
    const content = contentOf(args, site);
    if (content.is === 'refused') return content.answer;
    const message = site.timeline.revise(before.ts, content);
    return {
      ok: true,
      channel: args.channel,
      ts: message.ts,
      text: message.text,
      message: messageWire(message, site.workspace),
    };
  }),
};

/** chat.postEphemeral: to one member of the channel; the message can never be updated. */
export const postEphemeral: ApiMethod = {
  token: 'bot',
  scopes,
  run: withArgs(Ephemeral, (args, site) => {
    const composed = compose(args, site);
    if (composed.is === 'refused') return composed.answer;
    if (!site.workspace.people.some(({ id }) => id === args.user)) return refuse('user_not_in_channel');
    const { ts } = site.timeline.post({ ...composed.draft, ephemeralFor: args.user });
    return { ok: true, message_ts: ts };
  }),
};

/** chat.getPermalink: needs no scope, but the message must be visible to everyone. */
export const getPermalink: ApiMethod = {
  token: 'bot',
  scopes: [],
  run: withArgs(z.object({ channel: z.string(), message_ts: z.string() }), ({ channel, message_ts }, site) => {
    const refusal = channelRefusal(channel, site);
    if (refusal !== undefined) return refusal;
    const message = site.timeline.find(channel, message_ts);
    if (message === undefined || message.ephemeralFor !== undefined) return refuse('message_not_found');
    return { ok: true, channel, permalink: permalink(message, site) };
  }),
};

/** A message ready to be posted, or the error. */
type Composed = { readonly is: 'draft'; readonly draft: Draft } | { readonly is: 'refused'; readonly answer: Answer };

interface Composing extends ContentArgs {
  readonly channel: string;
  readonly metadata?: unknown;
  readonly thread_ts?: string | undefined;
}

function compose(args: Composing, site: Site): Composed {
  const { people } = site.workspace;
  const person = people.find((one) => one.id === args.channel || isOpenWith(one, args.channel, site));
  if (person !== undefined) return composeDirect(args, person.id, site);
  const thread: Pick<Draft, 'threadTs'> = args.thread_ts ? { threadTs: args.thread_ts } : {};
  const refusal = channelRefusal(args.channel, site) ?? metadataRefusal(args.metadata);
  if (refusal !== undefined) return { is: 'refused', answer: refusal };
  const content = contentOf(args, site);
  if (content.is === 'refused') return content;
  const answer = threadRefusal(args.channel, thread.threadTs, site);
  if (answer !== undefined) return { is: 'refused', answer };
  const { text, blocks } = content;
  return { is: 'draft', draft: { channel: args.channel, author: site.workspace.bot, text, blocks, ...thread } };
}

/** A direct message: a user ID as the channel opens the conversation (chat.postMessage, "Post to a DM"). Only that person sees it. */
function composeDirect(args: Composing, userId: string, site: Site): Composed {
  const content = contentOf(args, site);
  if (content.is === 'refused') return content;
  const { text, blocks } = content;
  const channel = directChannel({ id: userId });
  const thread = args.thread_ts ? { threadTs: args.thread_ts } : {};
  if (thread.threadTs !== undefined && site.timeline.find(channel, thread.threadTs) === undefined)
    return { is: 'refused', answer: refuse('thread_not_found') };
  return { is: 'draft', draft: { channel, author: site.workspace.bot, text, blocks, ephemeralFor: userId, ...thread } };
}

/** Whether this channel is a conversation that has a message. */
const isOpenWith = (person: Person, channel: string, { timeline }: Site): boolean =>
  channel === directChannel(person) && timeline.all().some((message) => message.channel === channel);

function permalink({ channel, ts }: SlackMessage, site: Site): string {
  return `${site.origin()}/archives/${channel}/p${ts.replace('.', '')}`;
}

/** Why the bot may not write in this channel. */
export function channelRefusal(channel: string, { workspace, faults }: Site): Answer | undefined {
  if (!workspace.channels.some(({ id }) => id === channel)) return refuse('channel_not_found');
  if (faults.has('slack-archived')) return refuse('is_archived');
  if (channel !== workspace.home.id || faults.has('slack-not-in-channel')) return refuse('not_in_channel');
  return undefined;
}

/** A thread's parent must be visible to everyone and not itself a reply. */
export function threadRefusal(channel: string, thread: string | undefined, { timeline }: Site): Answer | undefined {
  if (thread === undefined) return undefined;
  const parent = timeline.find(channel, thread);
  if (parent === undefined) return refuse('thread_not_found');
  const carries = parent.ephemeralFor === undefined && parent.threadTs === undefined;
  return carries ? undefined : refuse('cannot_reply_to_message');
}

function metadataRefusal(metadata: unknown): Answer | undefined {
  if (metadata === undefined || metadata === '') return undefined;
  const value = typeof metadata === 'string' ? jsonIn(metadata) : metadata;
  if (!isFields(value)) return refuse('invalid_metadata_format');
  return Metadata.safeParse(value).success ? undefined : refuse('invalid_metadata_schema');
}
