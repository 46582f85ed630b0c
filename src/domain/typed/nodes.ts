import { type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import { EXAMPLE } from './example.ts';
import { wrongNode } from './wrong-node.ts';

/** More nodes than this in one change make a plan that nobody can read. */
export const NODES_LIMIT = 20;

/** The nodes that were named behind a verb, each once; names may be separated by commas, too. */
export function nodesFrom(words: readonly string[], verb: string): readonly string[] | Refusal {
  const names = words.flatMap((word) => word.split(',')).filter((name) => name !== '');
  const wrong = names.find((name) => !isNodeName(name));
  if (wrong !== undefined) return wrongNode(wrong, verb);
  const nodes = [...new Set(names)];
  if (nodes.length === 0) return refuse('bad-command', 'No node is named.', EXAMPLE);
  if (nodes.length <= NODES_LIMIT) return nodes;
  return refuse(
    'bad-command',
    `${nodes.length} nodes are named; one change takes at most ${NODES_LIMIT}.`,
    'Ask in several commands.',
  );
}
