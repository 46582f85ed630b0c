import { element } from '../dom/dom.ts';
import type { Row } from '../dom/patch.ts';
import { clickKey, type Model, nameOf, type Place } from '../state/model.ts';
import type { Message } from '../state/state.ts';
import { replyCount } from '../state/visible.ts';
import { dayOf } from '../text/slack-date.ts';
import { type MessageView, renderMessage } from './message-view.ts';

/** Messages of one author within this time share one avatar. */
const GROUP_SECONDS = 5 * 60;

/** The rows of a column: messages in order, with a divider before each day. */
export function messageRows(messages: readonly Message[], model: Model, place: Place): readonly Row[] {
  return messages.flatMap((message, index) => {
    const previous = messages[index - 1];
    const startsDay = place === 'channel' && (previous === undefined || dayOf(previous.ts) !== dayOf(message.ts));
    const row = messageRow(message, model, place, !startsDay && belongTogether(previous, message));
    return startsDay ? [dayRow(message), row] : [row];
  });
}

function dayRow(message: Message): Row {
  const day = dayOf(message.ts);
  const draw = () => element('li', { class: 'day' }, element('span', {}, day));
  return { key: `day ${message.ts}`, signature: day, draw };
}

function messageRow(message: Message, model: Model, place: Place, isCompact: boolean): Row {
  const view = messageView(message, model, place, isCompact);
  const busy = [...model.underWay].filter((key) => key.startsWith(JSON.stringify([message.ts]).slice(0, -1)));
  const { replies, complaint, isThreadOpen, parentText } = view;
  const signature = JSON.stringify([message.edits, isCompact, replies, complaint, isThreadOpen, parentText, busy]);
  return { key: message.ts, signature, draw: () => renderMessage(message, view) };
}

function messageView(message: Message, model: Model, place: Place, isCompact: boolean): MessageView {
  const { state } = model;
  const { ts } = message;
  const isInThread = place === 'thread';
  return {
    isCompact,
    isInThread,
    isThreadOpen: !isInThread && model.threadTs === ts,
    replies: isInThread ? undefined : replyCount(state, ts),
    complaint: model.complaints.get(ts),
    parentText: state.messages.find((one) => one.ts === message.threadTs)?.text,
    shortcuts: isInThread ? [] : state.shortcuts,
    channelName: state.channel.name,
    nameOf: (userId) => nameOf(state, userId),
    isUnderWay: (blockId, actionId) => model.underWay.has(clickKey({ ts, blockId, actionId })),
  };
}

function belongTogether(previous: Message | undefined, message: Message): boolean {
  if (previous === undefined || previous.author.id !== message.author.id) return false;
  if (previous.ephemeralFor !== undefined || message.ephemeralFor !== undefined || message.broadcast) return false;
  return Number(message.ts) - Number(previous.ts) < GROUP_SECONDS;
}
