import { isClusterName } from '../cluster/cluster-name.ts';
import type { ChangeId } from './change.ts';

/** Characters behind the cluster's name. */
export const ID_LENGTH = 6;

const ENDING = new RegExp(`-[a-z0-9]{${ID_LENGTH}}$`);

/** The cluster that an id names. */
export const clusterOf = (id: ChangeId): string => id.slice(0, id.lastIndexOf('-'));

/** Has it the form of a change's id (`lab-7f3k2q`), and of a change of this cluster if one is named? */
export function isChangeId(text: string, cluster?: string): text is ChangeId {
  if (!ENDING.test(text) || !isClusterName(clusterOf(text))) return false;
  return cluster === undefined || clusterOf(text) === cluster;
}
