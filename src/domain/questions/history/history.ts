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

/** Every change of the node whose record is kept, newest first. */
export interface HistoryKnown {
  readonly ask: HistoryAsk;
  readonly found: readonly ListedChange[];
}

const EXAMPLE = '/registry-ha history node-2';

/** `history NODE`: what was done on a node, and by whom. */
export const history: QuestionPlug<HistoryAsk, HistoryKnown> = {
  typed: ['history'],
  usage: ({ code }) => [`${code(EXAMPLE)} lists what was done on a node in the last 90 days, and by whom.`],
  parse,
  answer,
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

function answer({ ask: { cluster, node }, found }: HistoryKnown, markup: Markup): string {
  const { text, code } = markup;
  if (found.length === 0) return `No change of ${text(node)} in ${text(cluster)} is on record.`;
  const lines = found.map((one, index) => ({ rank: 2 + index, text: `• ${changeLine(one, markup)}` }));
  const head = { rank: 0, text: markup.strong(`${count(found.length, 'change')} of ${node} in ${cluster}`) };
  const older = {
    rank: 1,
    text: `Older ones are in the worker’s journal: ${code('registry-ha audit export')} on the bootstrap node.`,
  };
  return fitByRank([head, ...lines, older], markup.room).join('\n');
}
