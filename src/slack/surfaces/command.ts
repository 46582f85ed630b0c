import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { isRefusal } from '../../domain/answers/refusal.ts';
import type { Change } from '../../domain/change/change.ts';
import type { Intent } from '../../domain/plan/plan.ts';
import { type CommandContext, parseCommand } from '../../domain/typed/intent.ts';
import type { UndoWanted } from '../../domain/typed/undo-wanted.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { Flag, isBotId, type Sender } from '../inbox/sender.ts';
import { typed } from '../inbox/typed.ts';
import { isClosedChannel, postCard } from '../outbox/post-card.ts';
import { announce, answer, BROKEN, INVITE, refusalText } from './answers.ts';
import { helpText } from './help.ts';
import { type Announcement, held } from './hold-reply.ts';

/** The one slash command, as manifest.yml names it. */
export const COMMAND = '/registry-ha';

export interface CommandOptions {
  readonly useCases: Pick<UseCases, 'request' | 'undo' | 'hold' | 'rights'>;
  readonly slack: Pick<SlackPoster, 'post'>;
  /** The clusters, and the one that is meant in this channel. */
  readonly context: (channel: string) => CommandContext;
  /** Why this sender is not heard; null for people of our own workspace. */
  readonly whyNot: (sender: Sender) => string | null;
  readonly clock: Clock;
  readonly log: Log;
}

const Payload = z.object({
  text: z.string().default(''),
  user_id: z.string(),
  user_name: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  enterprise_id: z.string().nullish(),
  is_ext_shared_channel: Flag,
});
type Payload = z.infer<typeof Payload>;

/** Answers the slash command: acked at once, then a card for everybody or a word to the asker. */
export function registerCommand(app: App, options: CommandOptions): void {
  app.command(COMMAND, async ({ ack, command, respond }) => {
    await ack();
    const words = await wordsFor(Payload.parse(command), options);
    if (words === null) return;
    if (typeof words === 'string') await answer(respond, words, options.log);
    else await announce(respond, words.inChannel, options.log);
  });
}

/** What the asker alone has to be told, or everybody; null when the card tells all. */
async function wordsFor(payload: Payload, options: CommandOptions): Promise<string | Announcement | null> {
  const unheard = options.whyNot(senderOf(payload));
  if (unheard !== null) return unheard;
  const wanted = parseCommand(typed(payload.text), options.context(payload.channel_id));
  if (isRefusal(wanted)) return refusalText(wanted);
  const by = { id: payload.user_id, name: payload.user_name };
  try {
    if ('help' in wanted) return helpText(await options.useCases.rights(by, payload.channel_id));
    if ('hold' in wanted) return await held(wanted, by, payload.channel_id, options.useCases);
    return await requested(wanted, payload, options);
  } catch (err) {
    if (isClosedChannel(err)) return INVITE;
    options.log.error({ err, user: payload.user_id }, 'a request broke');
    return BROKEN;
  }
}

const senderOf = ({ team_id, enterprise_id, user_id, is_ext_shared_channel }: Payload): Sender => ({
  teams: [team_id],
  enterprises: [enterprise_id],
  isBot: isBotId(user_id),
  isShared: is_ext_shared_channel,
});

async function requested(
  wanted: Intent | UndoWanted,
  payload: Payload,
  options: CommandOptions,
): Promise<string | null> {
  const { user_id: id, user_name: name, channel_id: channel } = payload;
  const by = { id, name };
  const post = (change: Change) => postCard(change, channel, options);
  const asked =
    'verb' in wanted
      ? await options.useCases.request(wanted, by, channel, post)
      : await options.useCases.undo({ ...wanted, by, channel }, post);
  return isRefusal(asked) ? refusalText(asked) : null;
}
