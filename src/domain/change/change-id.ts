import { z } from 'zod';
import { type Refusal, refuse } from '../answers/refusal.ts';
import { isClusterName } from '../cluster/cluster-name.ts';
import { clipped } from '../text/clipped.ts';
import { nearest } from '../text/nearest.ts';

/** `<cluster>-<six characters>`. */
export type ChangeId = string;

/** Characters after the cluster's name. */
export const ID_LENGTH = 6;

/** A hyphen, and the longest name of a cluster. */
const MOST_LENGTH = 42 + 1 + ID_LENGTH;

const ENDING = new RegExp(`-[a-z0-9]{${ID_LENGTH}}$`);

export const clusterOf = (id: ChangeId): string => id.slice(0, id.lastIndexOf('-'));

/** True for the form of a change ID (`lab-7f3k2q`), and for this cluster if one is given. */
export function isChangeId(text: string, cluster?: string): text is ChangeId {
  if (text.length > MOST_LENGTH || !ENDING.test(text) || !isClusterName(clusterOf(text))) return false;
  return cluster === undefined || clusterOf(text) === cluster;
}

export const changeIdSchema = z.string().refine((id) => isChangeId(id), 'not the id of a change');

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
