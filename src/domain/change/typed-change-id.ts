import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';
import { nearest } from '../text/nearest.ts';
import { type ChangeId, clusterOf, isChangeId } from './change-id.ts';

/** The change ID in a typed word, which may have the backticks of a card around it, or a refusal that ends with `example`. */
export function changeIdFrom(word: string, clusters: readonly string[], example: string): ChangeId | Refusal {
  const id = word.replaceAll('`', '').toLowerCase();
  if (!isChangeId(id)) return refuse('bad-command', `“${clipped(word)}” is not a change ID.`, example);
  const cluster = clusterOf(id);
  if (clusters.includes(cluster)) return id;
  const meant = nearest(cluster, clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}${id.slice(cluster.length)}”?`;
  return refuse(
    'unknown-change',
    `The bot serves no cluster “${cluster}”, so there is no change ${id}.${question}`,
    example,
  );
}
