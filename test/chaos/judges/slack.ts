import { holds, type SeenText, textsOf } from '../../../sandbox/seen/texts.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';

/** The start of the card's text for each end. */
const LEADS = {
  done: 'Done.',
  failed: 'Failed.',
  refused: 'Refused.',
  cancelled: 'Cancelled.',
  expired: 'Expired.',
} as const;

/** The first approval, or the one after Redis lost its data. */
const APPROVED = /^Approved (again )?by /;

/** Complaints unless there is exactly one card, it shows the end, and its thread repeats nothing. */
export function judgeSlack(
  messages: readonly SlackMessage[],
  end: {
    readonly state: keyof typeof LEADS;
    readonly wasApproved: boolean;
    readonly failures: number;
    readonly lostCards?: number;
  },
): readonly string[] {
  const open = messages.filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === undefined);
  const cards = open
    .filter(({ threadTs, broadcast }) => threadTs === undefined && broadcast !== true)
    .slice(end.lostCards ?? 0);
  const [card] = cards;
  if (card === undefined || cards.length !== 1) return [`there are ${cards.length} cards`];
  const lead = LEADS[end.state];
  const thread = open.filter(({ threadTs }) => threadTs === card.ts);
  const replies = thread.map(({ text }) => text);
  return [
    ...(card.text.includes(lead) ? [] : [`the card does not say “${lead}”: ${card.text}`]),
    ...saidTwice(thread, end.failures),
    ...listsThatRun(thread),
    ...(end.wasApproved && !replies.some((text) => APPROVED.test(text))
      ? ['the thread does not show the approval']
      : []),
    ...(replies.some((text) => text.toLowerCase().includes(end.state)) ? [] : [`the thread does not show the end`]),
  ];
}

/** The number of cards, and complaints about cards without an end or with repeated replies. */
export function judgeCards(messages: readonly SlackMessage[]): {
  readonly cards: number;
  readonly complaints: readonly string[];
} {
  const open = messages.filter(({ author, ephemeralFor }) => author.isBot && ephemeralFor === undefined);
  const cards = open.filter(({ threadTs, broadcast }) => threadTs === undefined && broadcast !== true);
  const complaints = cards.flatMap(({ ts, text }) => [
    ...(Object.values(LEADS).some((lead) => text.includes(lead)) ? [] : [`a card shows no end: ${text}`]),
    ...saidTwice(
      open.filter(({ threadTs }) => threadTs === ts),
      1,
    ),
    ...listsThatRun(open.filter(({ threadTs }) => threadTs === ts)),
  ]);
  return { cards: cards.length, complaints };
}

/** After the end no list of steps shows a running one; after a success none shows one that waits. */
function listsThatRun(thread: readonly SlackMessage[]): readonly string[] {
  const lists = thread.filter(({ text, blocks }) => text.startsWith('Steps of ') && blocks.length > 0);
  const isDone = thread.some(({ text }) => /: done\b/.test(text));
  const wrong = isDone ? /"status":"(in_progress|pending)"/ : /"status":"in_progress"/;
  const untrue = lists.filter(({ blocks }) => wrong.test(JSON.stringify(blocks)));
  return untrue.map(({ text }) => `the list of steps is not at the end: ${text}`);
}

/** A change that failed twice in the same way may say so twice. */
function saidTwice(replies: readonly SlackMessage[], failures: number): readonly string[] {
  const alike = Map.groupBy(replies, ({ text }) => text);
  return [...alike]
    .filter(([text, times]) => times.length > (text.includes(' failed ') ? Math.max(1, failures) : 1))
    .map(([text, times]) => `said ${times.length} times in the thread: ${text}`);
}

/** Complaints about texts that were never shown. */
export function judgeShown(texts: readonly SeenText[], wanted: readonly string[]): readonly string[] {
  return wanted.filter((words) => !texts.some((text) => holds(text, words))).map((words) => `never shown: ${words}`);
}

/** Complaints if the card of an undone change does not say so, or still has buttons. */
export function judgeUndoneCard(card: SlackMessage | undefined, undo: string): readonly string[] {
  if (card === undefined) return ['there is no card of the undone change'];
  const texts = textsOf(card);
  const seen = { texts };
  const offers = ['Undo', 'Retry from here', 'Cancel', 'Close'].filter((label) => texts.includes(label));
  return [
    ...(holds(seen, `Undone by change ${undo}. Nothing of it is left.`)
      ? []
      : ['its card does not say that it is undone']),
    ...offers.map((label) => `its card still offers ${label}`),
  ];
}
