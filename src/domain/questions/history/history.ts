import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import { isNodeName } from '../../cluster/node-name.ts';
import { count } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { type CommandContext, clusterFrom } from '../../typed/cluster.ts';
import { sortedWords } from '../../typed/flags.ts';
import { plainWord } from '../../typed/plain.ts';
import type { Word } from '../../typed/tokenize.ts';
import { wrongNode } from '../../typed/wrong-node.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { fitByRank } from '../fit.ts';
import type { QuestionPlug } from '../question.ts';

export interface HistoryAsk {
  readonly cluster: string;
  readonly node: string;
}

/** Changes of the node, newest first. */
export interface HistoryKnown {
  readonly ask: HistoryAsk;
  readonly found: readonly ListedChange[];
  /** Where they are from: the records of 90 days, or the worker’s journal, which has all changes. */
  readonly from: 'records' | 'journal';
  /** True if there are older ones that were not read. */
  readonly isCut: boolean;
}

const EXAMPLE = '/registry-ha history node-2';
const HERE_EXAMPLE = 'registry-ha history node-2';

/** `history NODE`: what was done on a node, and by whom. */
export const history: QuestionPlug<HistoryAsk, HistoryKnown> = {
  typed: ['history'],
  usage: ({ code }) => [
    `${code(EXAMPLE)} lists what was done on a node in the last 90 days, and by whom. On the bootstrap node, ${code(HERE_EXAMPLE)} lists everything.`,
  ],
  parse,
  answer,
  file: ({ ask }) => `history-${ask.node}.txt`,
};

/** The node may be gone by now, so a name that the cluster does not have is no mistake. */
function parse(words: readonly Word[], context: CommandContext): HistoryAsk | Refusal {
  const typed = sortedWords(words, { valued: ['--cluster'], switches: [], example: EXAMPLE });
  if (isRefusal(typed)) return typed;
  const cluster = clusterFrom(typed.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const [node, ...more] = typed.plain.map(plainWord);
  if (node === undefined || more.length > 0)
    return refuse('bad-command', 'history takes one node.', `For example: ${EXAMPLE}`);
  return isNodeName(node) ? { cluster, node } : wrongNode(node, 'history');
}

function answer(known: HistoryKnown, markup: Markup): string {
  const { cluster, node } = known.ask;
  const older = olderInWords(known, markup);
  if (known.found.length === 0) {
    const days = known.from === 'records' ? ' in the last 90 days' : '';
    return [`No change of ${markup.text(node)} in ${markup.text(cluster)} is on record${days}.`, ...older].join(' ');
  }
  const lines = known.found.map((one, index) => ({ rank: 2 + index, text: `• ${changeLine(one, markup)}` }));
  const head = { rank: 0, text: markup.strong(`${count(known.found.length, 'change')} of ${node} in ${cluster}`) };
  return fitByRank([head, ...lines, ...older.map((text) => ({ rank: 1, text }))], markup.room).join('\n');
}

/** Where older changes are, if there may be any. */
function olderInWords({ ask, from, isCut }: HistoryKnown, { text, code }: Markup): readonly string[] {
  if (from === 'records')
    return [`Everything that was ever done: ${code(`registry-ha history ${text(ask.node)}`)} on the bootstrap node.`];
  return isCut ? [`Older ones: ${code('registry-ha audit export')}`] : [];
}
