import { z } from 'zod';
import { isClusterName } from '../cluster/cluster-name.ts';

/** `<cluster>-<six characters>`. */
export type ChangeId = string;

/** Characters after the cluster's name. */
export const ID_LENGTH = 6;

const ENDING = new RegExp(`-[a-z0-9]{${ID_LENGTH}}$`);

export const clusterOf = (id: ChangeId): string => id.slice(0, id.lastIndexOf('-'));

/** True for the form of a change ID (`lab-7f3k2q`), and for this cluster if one is given. */
export function isChangeId(text: string, cluster?: string): text is ChangeId {
  if (!ENDING.test(text) || !isClusterName(clusterOf(text))) return false;
  return cluster === undefined || clusterOf(text) === cluster;
}

export const changeIdSchema = z.string().refine((id) => isChangeId(id), 'not the id of a change');
