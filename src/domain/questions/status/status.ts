import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { Markup } from '../../text/markup.ts';
import { type CommandContext, clusterAmong, clusterFrom } from '../../typed/cluster.ts';
import { sortedWords } from '../../typed/flags.ts';
import type { Word } from '../../typed/tokenize.ts';
import { fitByRank } from '../fit.ts';
import type { QuestionPlug } from '../question.ts';
import { clusterLines, isWell } from './many.ts';
import { lateAnswer, wholeAnswer } from './report.ts';
import type { ClusterView } from './view.ts';

/** Null: every cluster, those in trouble in one line each. */
export interface StatusAsk {
  readonly cluster: string | null;
}

export interface StatusKnown {
  readonly clusters: readonly ClusterView[];
}

const exampleFor = (cluster: string): string => `/registry-ha status --cluster ${cluster}`;
const EXAMPLE = exampleFor('lab');

/** `status`: whether HA holds, and what is missing. */
export const status: QuestionPlug<StatusAsk, StatusKnown> = {
  typed: ['status'],
  usage: ({ code }) => [
    `${code('/registry-ha status')} shows whether HA holds: each registry with every reason why it is stale, the engines, and the open changes. ${code('--all')} shows every cluster.`,
  ],
  parse,
  answer,
};

function parse(words: readonly Word[], context: CommandContext): StatusAsk | Refusal {
  const typed = sortedWords(words, { valued: ['--cluster'], switches: ['--all'], example: EXAMPLE });
  if (isRefusal(typed)) return typed;
  const { plain, flags, switches } = typed;
  if (plain.length > 0)
    return refuse(
      'bad-command',
      'status is about a whole cluster. It takes only --cluster NAME or --all.',
      `For example: ${exampleFor(clusterAmong(plain, null, context) ?? 'lab')}`,
    );
  const name = flags.get('--cluster');
  const isAll = switches.has('--all');
  if (isAll && name !== undefined)
    return refuse('bad-command', '--all and --cluster exclude each other.', `For example: ${EXAMPLE}`);
  if (name === undefined) return { cluster: isAll ? null : context.defaultCluster };
  const cluster = clusterFrom(name, context);
  return isRefusal(cluster) ? cluster : { cluster };
}

function answer({ clusters }: StatusKnown, markup: Markup): string {
  const [first, ...others] = clusters;
  if (first?.fresh === 'late') return lateAnswer(first, markup);
  if (first !== undefined && others.length === 0) return wholeAnswer(first, markup);
  const lines = clusterLines(clusters, markup).map((line) => ({ rank: line.isWell ? 2 : 1, text: `• ${line.text}` }));
  const head = { rank: 0, text: `HA holds in ${clusters.filter(isWell).length} of ${clusters.length} clusters.` };
  const more = { rank: 0, text: `Details of one cluster: ${markup.code('/registry-ha status --cluster NAME')}` };
  return fitByRank([head, ...lines, more], markup.room).join('\n');
}
