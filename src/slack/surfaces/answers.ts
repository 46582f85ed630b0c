import { type AskUseCases, answerTo } from '../../app/ask/answer-to.ts';
import type { Answered } from '../../app/ask/asker.ts';
import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Markup } from '../../domain/text/markup.ts';
import type { CommandContext } from '../../domain/typed/cluster.ts';
import type { Wish } from '../../domain/wish/wish.ts';
import type { Once } from '../../ports/cards.ts';
import type { SlackPoster, TextFile } from '../api/poster.ts';
import type { Sender } from '../inbox/sender.ts';
import type { Homes } from '../outbox/homes.ts';
import { isClosedChannel, type PostOptions, postCard } from '../outbox/post-card.ts';
import { linkingMrkdwn, quiet } from '../text/markup.ts';
import { answerFile, sendFile } from './answer-file.ts';
import { answeredWords, brokenText, INVITE, refusalText, type Words, wordsOf } from './answer-words.ts';
import { openForm } from './open-form.ts';
import { type Respond, say } from './respond.ts';

/** Parses words with the clusters, their nodes, and the default in this channel. `parse` may be called twice. */
export type Parsing = <T>(channel: string, parse: (context: CommandContext) => T) => Promise<T>;

export interface SurfaceOptions extends PostOptions {
  readonly slack: SlackPoster;
  /** The change as its record has it; null when there is none that can be trusted. */
  readonly planned: (id: ChangeId) => Promise<Change | null>;
  readonly useCases: AskUseCases & Pick<UseCases, 'changeAt' | 'whyNotDecide'>;
  readonly parsed: Parsing;
  /** Why the bot rejects this sender; null for people of its own workspace. */
  readonly whyNot: (sender: Sender) => string | null;
  readonly once: Once;
  /** The address of a message. */
  readonly linkTo: (place: MessageRef) => string;
  /** The names of people, by ID, as payloads have told them: events name nobody. */
  readonly names: Map<string, string>;
  /** The user ID of the bot. */
  readonly me: () => string;
  /** The Homes that people have opened. */
  readonly homes: Pick<Homes, 'opened'>;
  /** Aborted when the bot stops. */
  readonly ending: AbortSignal;
}

/** A parsed payload: who wants what, and where. */
export interface Request {
  readonly sender: Sender;
  readonly by: Person;
  readonly channel: string;
  /** Slack's ID of this command or click. A payload that arrives twice, even at two replicas, has it twice. */
  readonly trigger?: string | undefined;
  readonly wish: Wish | Refusal;
  /** `alone`: only the asker reads here. `public`: everyone in the channel reads an answer, so it mentions nobody by name. */
  readonly audience?: 'alone' | 'public';
}

/** A reply, its whole text if that is too long, and how to wait for a newer one. */
interface Reply {
  readonly words: Words;
  readonly file: TextFile | null;
  readonly later: (() => Promise<Reply | null>) | null;
}

/** Later messages to one command: Slack takes five replies in all (docs.slack.dev, "Handling user interaction"). */
const MOST_LATER = 4;

/** Handles a request from any surface, and replies through `respond`. A newer answer follows by itself, so that no stop waits for it. */
export async function answer(request: Request, respond: Respond, options: SurfaceOptions): Promise<void> {
  const reply = await replyTo(request, options);
  if (reply === null) return;
  await give(reply, request, respond, options);
  if (reply.later !== null) void sayLater(reply.later, request, respond, options);
}

/**
 * More private messages: Slack does not replace the first reply to a command, whatever `replace_original` says (slackapi/bolt-python
 * issue 1268, bolt-js issue 2287).
 */
async function sayLater(
  later: NonNullable<Reply['later']>,
  request: Request,
  respond: Respond,
  options: SurfaceOptions,
): Promise<void> {
  const { log, ending } = options;
  try {
    let next: Reply['later'] = later;
    for (let n = 0; n < MOST_LATER && next !== null; n += 1) {
      const reply: Reply | null = await next();
      if (reply === null || ending.aborted) return;
      await give(reply, request, respond, options);
      next = reply.later;
    }
  } catch (err) {
    if (!ending.aborted) log.warn({ err }, 'A newer answer could not be made');
  }
}

async function give(
  { words, file }: Reply,
  { by }: Request,
  respond: Respond,
  { slack, log }: SurfaceOptions,
): Promise<void> {
  await say(words, respond, log);
  if (file !== null) await sendFile(file, by.id, { slack, log });
}

const alone = (text: string): Reply => ({ words: { to: 'asker', text }, file: null, later: null });

async function replyTo(request: Request, options: SurfaceOptions): Promise<Reply | null> {
  const { sender, by, channel, wish, audience } = request;
  const rejection = options.whyNot(sender);
  if (rejection !== null) return alone(rejection);
  if (by.name !== by.id) options.names.set(by.id, by.name);
  if (isRefusal(wish)) return alone(refusalText(wish));
  const post = (change: Change) => postCard(change, channel, options);
  try {
    if (await isRepeated(wish, request, options)) return null;
    const answer = await answerTo(wish, by, { channel, isPrivate: audience === 'alone', post }, options.useCases);
    const markup = audience === 'public' ? quiet(linkingMrkdwn(options.linkTo)) : linkingMrkdwn(options.linkTo);
    if (answer.is === 'answered') return answeredReply(answer, markup, options.ending);
    const words = answer.is === 'form' ? await openForm(answer, request, options) : wordsOf(answer, by, markup);
    return words === null ? null : { words, file: null, later: null };
  } catch (err) {
    if (isClosedChannel(err)) return alone(INVITE);
    options.log.error({ err, wish: wish.is, user: by.id }, 'Request failed');
    return alone(brokenText(err));
  }
}

function answeredReply(answer: Answered, markup: Markup, ending: AbortSignal): Reply {
  const { later } = answer;
  const next = async () => {
    const newer = await later?.(ending);
    return newer === undefined || newer === null ? null : answeredReply(newer, markup, ending);
  };
  const file = answerFile(answer, markup);
  return { words: answeredWords(answer, markup), file, later: later === null ? null : next };
}

/** Only a request makes something new each time; a decision or a freeze is taken once anyway. */
async function isRepeated(wish: Wish, { trigger, by }: Request, { once, log }: SurfaceOptions): Promise<boolean> {
  if (trigger === undefined || (wish.is !== 'change' && wish.is !== 'undo-of')) return false;
  const isRepeat = !(await once.isFirst(trigger));
  if (isRepeat) log.warn({ user: by.id, wish: wish.is }, 'Slack sent a request again; it is ignored');
  return isRepeat;
}
