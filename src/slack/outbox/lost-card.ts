import { isLogin } from '../../domain/change/approval.ts';
import type { MessageRef } from '../../domain/change/change.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import { renderCard } from '../card/card.ts';
import { statusText } from '../card/status.ts';
import type { CardView } from '../parts/card-view.ts';
import { code } from '../text/foreign-text.ts';

export interface LostCardPorts {
  readonly cards: Cards;
  readonly slack: Pick<SlackPoster, 'repost' | 'reply' | 'direct'>;
  readonly linkTo: (place: MessageRef) => string;
  readonly log: Log;
}

/** Longer than any post: two tries of ten seconds, and the pause between them. */
const POSTING_MS = 30_000;

/**
 * Posts the card of a change from the terminal, and a card anew that was deleted, or whose place in Redis is lost or forged: without a card nobody can decide, cancel or see the end.
 * Once for each lost card, so that forged places cannot fill a channel.
 */
export async function postAnew(
  view: CardView,
  old: MessageRef | null,
  { cards, slack, linkTo, log }: LostCardPorts,
): Promise<MessageRef> {
  const { id, channel } = view.change;
  const name = `card after ${old?.ts ?? 'none'}`;
  await claimed(id, name, cards);
  const place = await slack.repost(channel, renderCard(view)).catch(async (error: unknown) => {
    await cards.releaseReply(id, name);
    throw error;
  });
  await cards.hang(id, place);
  await cards.confirmReply(id, name);
  if (old === null && view.change.terminal !== undefined) return place;
  log.warn({ change: id, old, place }, 'Card is gone and was posted anew');
  const earlier = old === null ? '' : ` Earlier messages: <${linkTo(old)}|thread of the deleted card>.`;
  await slack
    .reply(place, `The earlier card of this change is gone. Use this card.${earlier}`, false)
    .catch((err: unknown) => log.warn({ change: id, err }, 'Explanation of a reposted card could not be posted'));
  return place;
}

/** Tells the requester what the card cannot show, once for each state; true if that was now. Throws when that fails, so that it is retried. */
export async function tellRequester(
  { change, ...view }: CardView,
  { cards, slack, log }: LostCardPorts,
): Promise<boolean> {
  const { id, channel, requester } = change;
  if (isLogin(requester.id)) {
    log.error({ change: id, channel }, 'The bot cannot write in this channel, so the change has no card');
    return false;
  }
  const name = `direct ${change.state}`;
  const claim = await cards.claimReply(id, name, POSTING_MS);
  if (claim === 'posted') return false;
  if (claim === 'busy') throw new SlackRefused('unavailable', 'another bot may be telling the requester');
  const text = `The bot cannot write in <#${channel}>, so the card of ${code(id)} there is out of date. ${statusText({ change, ...view })}\nIf the channel is archived, restore it. Otherwise run ${code('/invite @registry-ha')} in the channel.`;
  try {
    await slack.direct(requester.id, text);
  } catch (error) {
    await cards.releaseReply(id, name);
    throw error;
  }
  await cards.confirmReply(id, name);
  return true;
}

async function claimed(id: string, name: string, cards: Cards): Promise<void> {
  const claim = await cards.claimReply(id, name, POSTING_MS);
  if (claim !== 'ours') throw new SlackRefused('unavailable', 'the card was already posted anew');
}
