import type { ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { slackRefused } from '../api/slack-refused.ts';
import type { Reply } from '../card/reply.ts';
import { TEXT_LIMIT } from '../text/fit.ts';
import { claim, confirm } from './claims.ts';

export interface ReplyPorts {
  readonly cards: Cards;
  readonly slack: Pick<SlackPoster, 'reply' | 'direct'>;
  readonly linkTo: (place: MessageRef) => string;
  readonly log: Log;
}

/**
 * Posts a reply for each state change, at least once. If a bot dies between posting a reply and recording it, the reply is posted
 * again: the app may not read channels, and a missed failure is worse than a duplicate. Returns those that were posted now, by this bot.
 */
export async function postReplies(
  place: MessageRef,
  id: ChangeId,
  replies: readonly Reply[],
  unconfirmed: Set<string>,
  ports: ReplyPorts,
): Promise<readonly Reply[]> {
  const posted: Reply[] = [];
  for (const together of messagesOf(replies)) {
    const claimed = await claim(id, together, unconfirmed, ports);
    const fresh = claimed.filter(({ name }) => !unconfirmed.has(`${id} ${name}`));
    if (fresh.length > 0) await post(place, id, fresh, ports);
    await confirm(id, claimed, unconfirmed, ports);
    posted.push(...fresh);
  }
  return posted;
}

/** Lines one after the other are one message; Slack takes one message a second in a channel. */
function messagesOf(replies: readonly Reply[]): readonly (readonly Reply[])[] {
  const messages: Reply[][] = [];
  for (const one of replies) {
    const last = messages.at(-1);
    const length = (last ?? []).reduce((sum, { text }) => sum + text.length + 1, one.text.length);
    if (one.isLine === true && last?.[0]?.isLine === true && length <= TEXT_LIMIT) last.push(one);
    else messages.push([one]);
  }
  return messages;
}

/** An error is retried, also when the thread is gone: the next drawing finds that its card is gone too. */
async function post(place: MessageRef, id: ChangeId, replies: readonly Reply[], ports: ReplyPorts): Promise<void> {
  const text = replies.map((one) => one.text).join('\n');
  const [first] = replies;
  try {
    if (first?.to === undefined) await ports.slack.reply(place, text, first?.broadcast === true);
    else await postDirectly(place, id, first.to, text, ports);
  } catch (error) {
    for (const { name } of replies) await ports.cards.releaseReply(id, name);
    throw slackRefused(error);
  }
}

/** A person who cannot get direct messages (deactivated, say) must not keep the card from being drawn. */
async function postDirectly(
  place: MessageRef,
  id: ChangeId,
  to: string,
  text: string,
  { slack, linkTo, log }: ReplyPorts,
): Promise<void> {
  try {
    await slack.direct(to, `${text} <${linkTo(place)}|Open the card>`);
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault === 'rate-limited' || refused.fault === 'unavailable') throw refused;
    log.warn({ change: id, to, code: refused.code }, 'A person could not be called by a direct message');
  }
}
