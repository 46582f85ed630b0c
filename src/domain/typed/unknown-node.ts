import { type Refusal, refuse } from '../answers/refusal.ts';
import type { ClusterNodes } from '../cluster/worker-state.ts';
import { bootstrapRefusal, IF_DELETED } from '../guards/nodes.ts';
import { clipped } from '../text/clipped.ts';
import { firstFew } from '../text/format.ts';
import { nearestOnes } from '../text/nearest.ts';
import { didYouMean } from './did-you-mean.ts';

/** The bot has the names from the worker, which reads them once a minute. */
const NEW_NODE = 'If the node was added just now, run the command again in two minutes.';

/** Names that a refusal lists. */
const MOST = 10;

/** Refuses a name that no node of the cluster has, with the near names; `instead` is the command without it, if one is left. */
export function unknownNode(name: string, cluster: string, nodes: ClusterNodes, instead: string | null): Refusal {
  const takers = nodes.names.filter((one) => !nodes.bootstrap.includes(one));
  const question = didYouMean(nearestOnes(name, takers));
  const list = `Nodes that can have a registry: ${firstFew(takers, MOST) || 'none'}.`;
  const [lead, end] =
    instead === null ? [question === '' ? `${list} ` : '', ` ${IF_DELETED}`] : ['', ` Name only nodes: ${instead}`];
  return refuse(
    'unknown-node',
    `The cluster ${cluster} has no node “${clipped(name)}”.${question}`,
    `${lead}${NEW_NODE}${end}`,
  );
}

/** Refuses a bootstrap node among the names of an `add`. */
export function bootstrapAmong(names: readonly string[], { bootstrap }: ClusterNodes): Refusal | null {
  const name = names.find((one) => bootstrap.includes(one));
  return name === undefined ? null : bootstrapRefusal(name);
}
