import { isClusterName } from '../cluster/cluster-name.ts';
import type { ChangeId } from './change.ts';

/** Characters after the cluster's name. */
export const ID_LENGTH = 6;

const ENDING = new RegExp(`-[a-z0-9]{${ID_LENGTH}}$`);

export const clusterOf = (id: ChangeId): string => id.slice(0, id.lastIndexOf('-'));

/** True for the form of a change ID (`lab-7f3k2q`), and for this cluster if one is given. */
export function isChangeId(text: string, cluster?: string): text is ChangeId {
  if (!ENDING.test(text) || !isClusterName(clusterOf(text))) return false;
  return cluster === undefined || clusterOf(text) === cluster;
}
