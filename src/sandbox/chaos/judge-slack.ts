import { holds, type SeenText } from '../seen-texts.ts';
import type { SlackMessage } from '../slack/local-slack.ts';

/** How a card begins that tells each end. */
const LEADS = { done: 'Done.', failed: 'Failed.', refused: 'Refused.', cancelled: 'Cancelled.' } as const;

/** Complaints when there is not exactly one card, when it does not tell the end, or when its thread says a thing twice. */
export function judgeSlack(
  messages: readonly SlackMessage[],
  end: { readonly state: keyof typeof LEADS; readonly wasApproved: boolean },
): readonly string[] {
  const open = messages.filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === undefined);
  const cards = open.filter(({ threadTs, broadcast }) => threadTs === undefined && broadcast !== true);
  const [card] = cards;
  if (card === undefined || cards.length !== 1) return [`there are ${cards.length} cards`];
  const lead = LEADS[end.state];
  const replies = open.filter(({ threadTs }) => threadTs === card.ts).map(({ text }) => text);
  const twice = replies.filter((text, at) => replies.indexOf(text) !== at);
  return [
    ...(card.text.includes(lead) ? [] : [`the card does not say “${lead}”: ${card.text}`]),
    ...twice.map((text) => `said twice in the thread: ${text}`),
    ...(end.wasApproved && !replies.some((text) => text.startsWith('Approved by'))
      ? ['the thread does not tell of the approval']
      : []),
    ...(replies.some((text) => text.toLowerCase().includes(end.state)) ? [] : [`the thread does not tell the end`]),
  ];
}

/** Complaints about words that nobody could ever read. */
export function judgeShown(texts: readonly SeenText[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((words) => !texts.some((text) => holds(text, words))).map((words) => `never shown: ${words}`);
}
