import type { ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Log } from '../../ports/log.ts';
import type { StoredChange } from '../../ports/record.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused, slackRefused } from '../api/slack-refused.ts';
import { doubtReply } from '../card/doubt-card.ts';
import { type Reply, repliesOf } from '../card/replies.ts';

export interface ReplyPorts {
  readonly cards: Cards;
  readonly slack: Pick<SlackPoster, 'reply'>;
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
  { change, doubt, mark }: StoredChange,
  unconfirmed: Set<string>,
  ports: ReplyPorts,
): Promise<void> {
  const { cards } = ports;
  for (const one of doubt === undefined ? repliesOf(change, mark) : [doubtReply(change, doubt)]) {
    const name = `${change.id} ${one.name}`;
    if (!unconfirmed.has(name)) {
      const claim = await cards.claimReply(change.id, one.name, POSTING_MS);
      if (claim === 'posted') continue;
      // The revision is not committed, so this is retried until that bot confirms the reply or its claim expires.
      if (claim === 'busy') throw new SlackRefused('unavailable', 'another bot may be posting a reply');
      await post(place, change.id, one, ports);
      unconfirmed.add(name);
    }
    await cards.confirmReply(change.id, one.name);
    unconfirmed.delete(name);
  }
}

/** An error is retried, also when the thread is gone: the next drawing finds that its card is gone too. */
async function post(place: MessageRef, id: ChangeId, one: Reply, { cards, slack }: ReplyPorts): Promise<void> {
  try {
    await slack.reply(place, one.text, one.broadcast);
  } catch (error) {
    await cards.releaseReply(id, one.name);
    throw slackRefused(error);
  }
}
