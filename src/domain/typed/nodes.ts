import { type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import { EXAMPLE } from './example.ts';
import { wrongNode } from './wrong-node.ts';

/** A plan for more nodes would be too long to review. */
export const NODES_LIMIT = 20;

/** The nodes named after a verb, without duplicates. Names may be separated by commas too. */
export function nodesFrom(words: readonly string[], verb: string): readonly string[] | Refusal {
  const names = words.flatMap((word) => word.split(',')).filter((name) => name !== '');
  const wrong = names.find((name) => !isNodeName(name));
  if (wrong !== undefined) return wrongNode(wrong, verb);
  const nodes = [...new Set(names)];
  if (nodes.length === 0) return refuse('bad-command', 'The command names no node.', EXAMPLE);
  if (nodes.length <= NODES_LIMIT) return nodes;
  return refuse(
    'bad-command',
    `The command names ${nodes.length} nodes. One change takes at most ${NODES_LIMIT}.`,
    'Split them over several commands.',
  );
}
