import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import { isNodeName } from '../../cluster/node-name.ts';
import type { Markup } from '../../text/markup.ts';
import { type CommandContext, clusterAmong, clusterFrom } from '../../typed/cluster.ts';
import { sortedWords } from '../../typed/flags.ts';
import { NODES_LIMIT } from '../../typed/nodes.ts';
import { plainWord } from '../../typed/plain.ts';
import type { Word } from '../../typed/tokenize.ts';
import { unknownNode } from '../../typed/unknown-node.ts';
import { wrongNode } from '../../typed/wrong-node.ts';
import type { QuestionPlug } from '../question.ts';
import { askedInWords, notAskedInWords, progressInWords } from './progress-words.ts';
import { resultInWords } from './result-words.ts';
import type { VerifyAsk, VerifyKnown } from './view.ts';

const EXAMPLE = '/registry-ha verify node-2 --deep';

/** `verify`: the proof of `add` at any time. */
export const verify: QuestionPlug<VerifyAsk, VerifyKnown> = {
  typed: ['verify'],
  usage: ({ code }) => [
    `${code('/registry-ha verify')} compares every image of every registry with the bootstrap node’s, and reads every engine. ${code(EXAMPLE)} also hashes every layer of node-2.`,
  ],
  parse,
  answer,
  file: ({ ask }) => `verify-${ask.cluster}.txt`,
};

function parse(words: readonly Word[], context: CommandContext): VerifyAsk | Refusal {
  const typed = sortedWords(words, { valued: ['--cluster'], switches: ['--deep'], example: EXAMPLE });
  if (isRefusal(typed)) return typed;
  const cluster = clusterFrom(typed.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const nodes = [...new Set(typed.plain.flatMap((word) => plainWord(word).split(',')).filter((name) => name !== ''))];
  const wrong = nodes.find((name) => !isNodeName(name));
  if (wrong !== undefined) return wrongNode(wrong, 'verify');
  const named = clusterAmong(nodes, cluster, context);
  if (named !== null) {
    const next = `To name the cluster: /registry-ha verify --cluster ${named}`;
    return refuse('bad-command', `“${named}” is a cluster, not a node.`, next);
  }
  const known = context.nodesOf?.(cluster) ?? null;
  const stray = known === null ? undefined : nodes.find((name) => !known.names.includes(name));
  if (known !== null && stray !== undefined) return unknownNode(stray, cluster, known, null);
  if (nodes.length > NODES_LIMIT) {
    const says = `The command names ${nodes.length} nodes. One proof takes at most ${NODES_LIMIT}.`;
    return refuse('bad-command', says, 'Name no node to verify every registry: /registry-ha verify');
  }
  return { cluster, nodes, deep: typed.switches.has('--deep') };
}

function answer({ ask, phase }: VerifyKnown, markup: Markup): string {
  switch (phase.is) {
    case 'asked':
      return askedInWords(ask, phase.size, markup);
    case 'running':
      return progressInWords(ask, phase.progress, markup);
    case 'ended':
      return resultInWords(phase.report, markup, ask.drills);
    case 'proved-here':
      return resultInWords({ result: phase.result, journal: 'none' }, markup, ask.drills);
    case 'worker-away':
    case 'busy':
    case 'lost':
      return notAskedInWords(ask, phase, markup);
  }
}
