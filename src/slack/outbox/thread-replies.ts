import type { ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused, slackRefused } from '../api/slack-refused.ts';
import type { Reply } from '../card/replies.ts';

export interface ReplyPorts {
  readonly cards: Cards;
  readonly slack: Pick<SlackPoster, 'reply' | 'direct'>;
  readonly linkTo: (place: MessageRef) => string;
  readonly log: Log;
}

/** Longer than any post: two tries of ten seconds, and the pause between them. */
const POSTING_MS = 30_000;

/**
 * Posts a reply for each state change, at least once. If a bot dies between posting a reply and recording it, the reply is posted
 * again: the app may not read channels, and a missed failure is worse than a duplicate.
 */
export async function postReplies(
  place: MessageRef,
  id: ChangeId,
  replies: readonly Reply[],
  unconfirmed: Set<string>,
  ports: ReplyPorts,
): Promise<void> {
  const { cards } = ports;
  for (const one of replies) {
    const name = `${id} ${one.name}`;
    if (!unconfirmed.has(name)) {
      const claim = await cards.claimReply(id, one.name, POSTING_MS);
      if (claim === 'posted') continue;
      // The revision is not committed, so this is retried until that bot confirms the reply or its claim expires.
      if (claim === 'busy') throw new SlackRefused('unavailable', 'another bot may be posting a reply');
      await post(place, id, one, ports);
      unconfirmed.add(name);
    }
    await cards.confirmReply(id, one.name);
    unconfirmed.delete(name);
  }
}

/** An error is retried, also when the thread is gone: the next drawing finds that its card is gone too. */
async function post(place: MessageRef, id: ChangeId, one: Reply, ports: ReplyPorts): Promise<void> {
  try {
    if (one.to === undefined) await ports.slack.reply(place, one.text, one.broadcast);
    else await postDirectly(place, id, one.to, one.text, ports);
  } catch (error) {
    await ports.cards.releaseReply(id, one.name);
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
