import type { Message, Modal, State } from './state.ts';

/** The newest open modal of the person; undefined when there is none. */
export const openModal = (state: State, personId: string): Modal | undefined =>
  state.modals.findLast(({ person }) => person === personId);

/** The number of replies in a thread, and the time of the last one. */
export interface ReplyCount {
  readonly count: number;
  readonly lastTs: string;
  readonly authors: readonly string[];
}

/** Whether the person can see the message: an ephemeral message is for one person only. */
function isVisibleTo(message: Message, personId: string): boolean {
  return message.ephemeralFor === undefined || message.ephemeralFor === personId;
}

/** Whether the message is only in a thread. In some payloads a parent has its own ts as thread. */
function isReply(message: Message): boolean {
  return message.threadTs !== undefined && message.threadTs !== message.ts;
}

/** The messages of the channel column: all but replies, unless broadcast. */
export function channelMessages(state: State, personId: string): readonly Message[] {
  return state.messages.filter((one) => isVisibleTo(one, personId) && (!isReply(one) || one.broadcast));
}

/** The replies below one message. */
export function threadReplies(state: State, personId: string, threadTs: string): readonly Message[] {
  return state.messages.filter((one) => isReply(one) && one.threadTs === threadTs && isVisibleTo(one, personId));
}

/** The reply count shown below a parent; ephemeral replies do not count, as in Slack. */
export function replyCount(state: State, threadTs: string): ReplyCount | undefined {
  const lasting = state.messages.filter(
    (one) => isReply(one) && one.threadTs === threadTs && one.ephemeralFor === undefined,
  );
  const last = lasting.at(-1);
  if (last === undefined) return undefined;
  return { count: lasting.length, lastTs: last.ts, authors: [...new Set(lasting.map((one) => one.author.name))] };
}

/** A thread that has just received its first visible reply. */
export function newlyStartedThread(before: State, after: State, personId: string): string | undefined {
  const known = new Set(before.messages.map((one) => one.ts));
  const fresh = after.messages.filter((one) => isReply(one) && isVisibleTo(one, personId) && !known.has(one.ts));
  const threads = fresh.map((one) => one.threadTs ?? one.ts);
  return threads.find((ts) => threadReplies(before, personId, ts).length === 0);
}

/** New visible messages by others. */
export function arrivals(before: State, after: State, personId: string): readonly Message[] {
  const known = new Set(before.messages.map((one) => one.ts));
  return after.messages.filter((one) => !known.has(one.ts) && isVisibleTo(one, personId) && one.author.id !== personId);
}
