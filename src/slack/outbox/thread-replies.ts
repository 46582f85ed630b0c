import type { ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Log } from '../../ports/log.ts';
import type { StoredChange } from '../../ports/record.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused, slackRefused } from '../api/slack-refused.ts';
import { doubtReply } from '../card/doubt-card.ts';
import { type Reply, repliesOf } from '../card/replies.ts';

/** What telling needs of the world. */
export interface ReplyPorts {
  readonly cards: Cards;
  readonly slack: Pick<SlackPoster, 'reply'>;
  readonly log: Log;
}

/** Longer than any post: ten seconds, once more, and the pause between. */
const POSTING_MS = 30_000;

/**
 * Tells each turning point in the thread. A bot may die between Slack's taking a reply and its noting so, and this app may not read
 * channels to find out: then the reply is posted again. A sentence read twice costs a look, a failure that nobody was told of costs
 * the night; so "nobody untold" wins over "never twice". While replica and Redis live, each one is posted once.
 */
export async function postReplies(
  place: MessageRef,
  { change, doubt, mark }: StoredChange,
  unconfirmed: Set<string>,
  ports: ReplyPorts,
): Promise<void> {
  const { cards, log } = ports;
  for (const one of doubt === undefined ? repliesOf(change, mark) : [doubtReply(change, doubt)]) {
    const name = `${change.id} ${one.name}`;
    if (!unconfirmed.has(name)) {
      const claim = await cards.claimReply(change.id, one.name, POSTING_MS);
      if (claim === 'told') continue;
      // Not noted as drawn, so it is looked at again until that bot has confirmed it, or its time is over.
      if (claim === 'busy') throw new SlackRefused('unavailable', 'another bot may be posting a reply');
      if (!(await posted(place, change.id, one, ports))) log.warn({ change: change.id }, 'a thread is gone');
      unconfirmed.add(name);
    }
    await cards.confirmReply(change.id, one.name);
    unconfirmed.delete(name);
  }
}

/** False when the thread is gone. */
async function posted(place: MessageRef, id: ChangeId, one: Reply, { cards, slack }: ReplyPorts): Promise<boolean> {
  try {
    await slack.reply(place, one.text, one.broadcast);
    return true;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault === 'gone') return false;
    await cards.releaseReply(id, one.name);
    throw refused;
  }
}
