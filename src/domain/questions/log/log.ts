import { isRefusal, type Refusal } from '../../answers/refusal.ts';
import type { Change, ChangeEvent, ChangeId } from '../../change/change.ts';
import { eventInWords } from '../../change/event-words.ts';
import type { Markup } from '../../text/markup.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import type { Word } from '../../typed/tokenize.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { fitByRank } from '../fit.ts';
import { oneChange } from '../one-change.ts';
import type { QuestionPlug } from '../question.ts';

export interface LogAsk {
  readonly change: ChangeId;
}

/** The change, and every event of its record, without secrets, oldest first. */
export interface LogKnown extends ListedChange {
  readonly events: readonly ChangeEvent[];
}

const EXAMPLE = '/registry-ha log lab-7f3k2q';

/** `log ID`: what happened in one change, event by event. */
export const log: QuestionPlug<LogAsk, LogKnown> = {
  typed: ['log', 'logs', 'events'],
  usage: ({ code }) => [`${code(EXAMPLE)} lists everything that happened in a change.`],
  parse,
  answer,
};

function parse(words: readonly Word[], { clusters }: CommandContext): LogAsk | Refusal {
  const change = oneChange(words, 'log', EXAMPLE, clusters);
  return isRefusal(change) ? change : { change };
}

/** The newest events are the most important ones: a failure is at the end. */
function answer({ events, ...known }: LogKnown, markup: Markup): string {
  const head = { rank: 0, text: changeLine(known, markup) };
  const lines = events.map((event, index) => ({
    rank: events.length - index,
    text: `• ${markup.moment(event.at)} ${markup.text(eventInWords(event))}`,
  }));
  const tail = { rank: 1, text: journalLine(known.change, markup) };
  return fitByRank([head, ...lines, tail], markup.room).join('\n');
}

const journalLine = ({ id }: Change, { code }: Markup): string =>
  `The whole log, with every command, is in the worker’s journal: ${code(`registry-ha journal show ${id}`)} on the bootstrap node.`;
