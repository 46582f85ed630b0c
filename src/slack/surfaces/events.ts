import type { App } from '@slack/bolt';
import { z } from 'zod';
import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import { parseInThread } from '../../domain/wish/parse-in-thread.ts';
import type { Wish } from '../../domain/wish/wish.ts';
import { Flag, isBotId, type Sender } from '../inbox/sender.ts';
import { typed } from '../inbox/typed.ts';
import { brokenText } from './answer-words.ts';
import { answer, type SurfaceOptions } from './answers.ts';
import { byMessages, type Respond, say } from './respond.ts';

/** A message's time, which is its ID. */
const Ts = z.string().regex(/^\d+\.\d+$/);

/** A mention, or a direct message. Messages of apps, edits and notices have a `subtype`, a `bot_id` or `edited`. */
const Event = z.object({
  type: z.enum(['app_mention', 'message']),
  channel_type: z.string().optional(),
  channel: z.string().regex(/^[CGD][A-Z0-9]+$/),
  user: z.string().regex(/^[UW][A-Z0-9]+$/),
  text: z.string(),
  ts: Ts,
  thread_ts: Ts.optional(),
  team: z.string().optional(),
  user_team: z.string().optional(),
  source_team: z.string().optional(),
  subtype: z.undefined().optional(),
  bot_id: z.undefined().optional(),
  edited: z.undefined().optional(),
});

const Body = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  event_id: z.string(),
  is_ext_shared_channel: Flag,
  event: Event,
});
type Body = z.infer<typeof Body>;

/** Handles mentions in channels and threads, and direct messages. Bolt acknowledges events before their handler. */
export function registerEvents(app: App, options: SurfaceOptions): void {
  app.event('app_mention', async ({ body }) => await heard(body, options));
  app.event('message', async ({ body }) => await heard(body, options));
}

/** Ignores everything that no person has just written to the bot, and what Slack sends again. */
async function heard(body: unknown, options: SurfaceOptions): Promise<void> {
  const read = Body.safeParse(body).data;
  if (read === undefined || isBotId(read.event.user) || read.event.user === options.me()) return;
  const isDirect = read.event.type === 'message';
  if (isDirect ? read.event.channel_type !== 'im' : !read.event.text.includes(`<@${options.me()}`)) return;
  const { channel, user, ts, thread_ts } = read.event;
  const place = { channel, thread: isDirect ? thread_ts : (thread_ts ?? ts), isDirect };
  const respond = byMessages(options, place, user);
  try {
    if (await options.once.isFirst(`event ${read.event_id}`)) await reply(read, isDirect, respond, options);
    else options.log.warn({ event: read.event_id }, 'Slack sent an event again; it is ignored');
  } catch (err) {
    options.log.error({ err }, 'An event could not be answered');
    await say({ to: 'asker', text: brokenText(err) }, respond, options.log);
  }
}

async function reply(read: Body, isDirect: boolean, respond: Respond, options: SurfaceOptions): Promise<void> {
  const { channel, user } = read.event;
  const sender = senderOf(read);
  const rejection = options.whyNot(sender);
  const words = wordsOf(read, options.me());
  if (rejection !== null || (words === null && !isDirect)) {
    return await say({ to: 'asker', text: rejection ?? NOT_AT_START }, respond, options.log);
  }
  const wish = await wishOf(words ?? read.event.text, read, options);
  const allowed = isDirect ? questionOnly(wish) : wish;
  const by = { id: user, name: options.names.get(user) ?? user };
  const audience = isDirect ? 'alone' : 'public';
  await answer({ sender, by, channel, trigger: read.event_id, wish: allowed, audience }, respond, options);
}

const NOT_AT_START =
  'To give the bot a command, begin the message with the mention, for example `@registry-ha status`. In the thread of a card, `@registry-ha why` explains it.';

/** The words behind the mention at the start; null without it. */
function wordsOf({ event: { text } }: Body, me: string): string | null {
  const [mention, id] = /^\s*<@([A-Z0-9]+)(?:\|[^>]*)?>\s*/.exec(text) ?? [];
  return mention === undefined || id !== me ? null : text.slice(mention.length);
}

/** In the thread of a card, a word alone is about its change. Without a form, its command is answered in words. */
async function wishOf(
  text: string,
  { event: { channel, thread_ts: thread } }: Body,
  { useCases, parsed }: SurfaceOptions,
): Promise<Wish | Refusal> {
  const change = thread === undefined ? null : await useCases.changeAt({ channel, ts: thread });
  const wish = await parsed(channel, (context) => parseInThread(typed(text), change, context));
  return isRefusal(wish) || wish.is !== 'form' ? wish : wish.instead;
}

const questionOnly = (wish: Wish | Refusal): Wish | Refusal =>
  isRefusal(wish) || wish.is === 'question'
    ? wish
    : refuse(
        'wrong-channel',
        'In direct messages, the bot answers questions only.',
        'Give the command in a channel that the bot is in, where others see its card.',
      );

const senderOf = ({ team_id, enterprise_id, is_ext_shared_channel, event }: Body): Sender => ({
  teams: [team_id, event.team, event.user_team, event.source_team],
  enterprises: [enterprise_id],
  isBot: isBotId(event.user),
  isShared: is_ext_shared_channel,
});
