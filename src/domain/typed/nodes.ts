import { type Refusal, refuse } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import { clipped } from '../text/clipped.ts';
import { type CommandContext, clusterAmong } from './cluster.ts';
import { exampleOf, suggested } from './example.ts';
import { plainWord } from './plain.ts';
import { bootstrapAmong, unknownNode } from './unknown-node.ts';
import { wrongNode } from './wrong-node.ts';

/** A plan for more nodes would be too long to review. */
export const NODES_LIMIT = 20;

/** The nodes named after a verb, without duplicates. Names may be separated by commas too. `mayBeNone`: the verb needs no name. */
export function nodesFrom(
  words: readonly string[],
  typedVerb: string,
  cluster: string,
  context: CommandContext,
  mayBeNone = false,
): readonly string[] | Refusal {
  const verb = suggested(typedVerb, context);
  const names = words.flatMap((word) => plainWord(word).split(',')).filter((name) => name !== '');
  const wrong = names.find((name) => !isNodeName(name));
  if (wrong !== undefined) return wrongNode(wrong, verb);
  const nodes = [...new Set(names)];
  if (nodes.length === 0) {
    return refuse('bad-command', 'The command names no node.', `For example: ${exampleOf(verb, 'NODE')}`);
  }
  const misplaced = onlyCluster(names, verb, cluster, context, mayBeNone);
  if (misplaced !== null) return misplaced;
  const stray = strayWord(names, verb, cluster, context);
  if (stray !== null) return stray;
  if (nodes.length <= NODES_LIMIT) return nodes;
  return refuse(
    'bad-command',
    `The command names ${nodes.length} nodes. One change takes at most ${NODES_LIMIT}.`,
    'Split them over several commands.',
  );
}

/** Refuses a cluster without --cluster before it, and no node beside it. */
function onlyCluster(
  names: readonly string[],
  verb: string,
  cluster: string,
  context: CommandContext,
  mayBeNone: boolean,
): Refusal | null {
  const named = clusterAmong(names, cluster, context);
  if (named === null || names.some((name) => name !== named && !FILLERS.has(name))) return null;
  const command = ['/registry-ha', verb, ...(mayBeNone ? [] : ['node-2']), '--cluster', named].join(' ');
  return refuse('bad-command', `“${named}” is a cluster, not a node.`, `To name the cluster: ${command}`);
}

/** Words of a sentence. Each could be a node name, so one that the cluster is known to have is taken as a node. */
const FILLERS: ReadonlySet<string> = new Set(
  'a also an and as at both for from in it me node nodes now of on or please pls registry server the then to too with cluster'.split(
    ' ',
  ),
);

/** Refuses a name that is no node of the cluster, before everyone sees a card of it. */
function strayWord(
  names: readonly string[],
  verb: string,
  cluster: string,
  { clusters, nodesOf }: CommandContext,
): Refusal | null {
  const known = nodesOf?.(cluster) ?? null;
  const isStray = (name: string) =>
    known === null ? FILLERS.has(name) || clusters.includes(name) : !known.names.includes(name);
  const stray = names.find(isStray);
  if (stray === undefined) return known === null ? null : bootstrapAmong(names, known);
  const meant = meantCommand(names, verb, isStray, clusters);
  if (known !== null) return unknownNode(stray, cluster, known, meant);
  const next = `Name only nodes: ${meant ?? `/registry-ha ${verb} node-2`}`;
  return refuse('bad-command', `“${clipped(stray)}” is probably not a node.`, next);
}

/** `node 2 and node-3 to lab` as `add node-2 node-3 --cluster lab`; null if no node is left. */
function meantCommand(
  names: readonly string[],
  verb: string,
  isStray: (name: string) => boolean,
  clusters: readonly string[],
): string | null {
  const nodes = names.flatMap((name, n) => {
    const next = names[n + 1] ?? '';
    if (name === 'node' && /^\d+$/.test(next)) return [`node-${next}`];
    const isNumber = names[n - 1] === 'node' && /^\d+$/.test(name);
    return isNumber || isStray(name) ? [] : [name];
  });
  if (nodes.length === 0) return null;
  const cluster = names.find((name) => isStray(name) && clusters.includes(name));
  return ['/registry-ha', verb, ...nodes, ...(cluster === undefined ? [] : ['--cluster', cluster])].join(' ');
}
