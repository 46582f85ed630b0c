import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import { count, listed } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import { clusterAmong, clusterFrom } from '../../typed/cluster.ts';
import { sortedWords } from '../../typed/flags.ts';
import { plainWord } from '../../typed/plain.ts';
import type { Word } from '../../typed/tokenize.ts';
import { changeLine, type ListedChange } from '../change-line.ts';
import { fitByRank } from '../fit.ts';
import type { QuestionPlug } from '../question.ts';

/** Which changes to list. */
export interface ChangesAsk {
  /** Null: every cluster. */
  readonly cluster: string | null;
  /** `open`: those that have not ended, and failed ones that nobody has closed. */
  readonly which: 'open' | 'all';
  readonly onlyMine: boolean;
  /** Only changes that name or touch this node. */
  readonly node: string | null;
}

/** The changes found, newest first. */
export interface ChangesKnown {
  readonly ask: ChangesAsk;
  /** Clusters that the asker may see. */
  readonly clusters: readonly string[];
  readonly found: readonly ListedChange[];
  /** True if older changes may exist that were not read. */
  readonly isCut: boolean;
}

const EXAMPLE = '/registry-ha changes --node node-2 --all';

/** `changes`: what is open, and what was done. */
export const changes: QuestionPlug<ChangesAsk, ChangesKnown> = {
  typed: ['changes', 'queue'],
  usage: ({ code }) => [
    `${code('/registry-ha changes')} lists the open changes, and whose turn it is. ${code('--all')} adds the ended ones; ${code('--mine')} and ${code('--node node-2')} select.`,
  ],
  parse,
  answer,
};

function parse(words: readonly Word[], context: CommandContext): ChangesAsk | Refusal {
  const typed = sortedWords(words, {
    valued: ['--cluster', '--node'],
    switches: ['--open', '--mine', '--all'],
    example: EXAMPLE,
  });
  if (isRefusal(typed)) return typed;
  const { plain, flags, switches } = typed;
  if (plain.length > 0) return onlyOptions(plain, context);
  if (switches.has('--open') && switches.has('--all')) return bad('--open and --all exclude each other.');
  const name = flags.get('--cluster');
  const cluster = name === undefined ? null : clusterFrom(name, context);
  if (isRefusal(cluster)) return cluster;
  const node = flags.get('--node');
  return {
    cluster,
    which: switches.has('--all') ? 'all' : 'open',
    onlyMine: switches.has('--mine'),
    node: node === undefined ? null : plainWord(node),
  };
}

function onlyOptions(plain: readonly string[], context: CommandContext): Refusal {
  const named = clusterAmong(plain, null, context);
  if (named === null) return bad('changes takes only options. To select a node, write --node before it.');
  const says = 'changes takes only options. To select a cluster, write --cluster before it.';
  return refuse('bad-command', says, `For example: /registry-ha changes --cluster ${named}`);
}

const bad = (says: string): Refusal => refuse('bad-command', says, `For example: ${EXAMPLE}`);

function answer({ ask, clusters, found, isCut }: ChangesKnown, markup: Markup): string {
  const what = `${ask.which === 'open' ? 'open ' : ''}change`;
  const of = [
    ...(ask.node === null ? [] : [` of ${markup.text(ask.node)}`]),
    ...(ask.onlyMine ? [' that you requested'] : []),
    ` in ${markup.text(listed(clusters))}`,
  ].join('');
  const hint = ask.which === 'open' ? ` ${markup.code('/registry-ha changes --all')} lists the ended ones.` : '';
  if (found.length === 0) return `There is no ${what}${of}.${hint}`;
  const lines = [
    { rank: 0, text: markup.strong(`${count(found.length, what)}${of}`) },
    ...found.map((one, index) => ({ rank: 2 + index, text: `• ${changeLine(one, markup)}` })),
    ...(isCut ? [{ rank: 1, text: 'Older changes are not listed: the worker’s journal has them.' }] : []),
  ];
  return fitByRank(lines, markup.room).join('\n');
}
