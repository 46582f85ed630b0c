import type { ChangeId } from '../../../domain/change/change.ts';
import { clusterOf, isChangeId } from '../../../domain/change/change-id.ts';
import { isClusterName } from '../../../domain/cluster/cluster-name.ts';

/** The announcements of every cluster, for one subscription whatever the number of clusters. */
export const ALL_ANNOUNCED = 'mk8s:*:announced';

/** Keys that a cluster has once. All start with `mk8s:<cluster>:`, which is what its Redis user may touch. */
export interface ClusterKeys {
  /** Set: changes that have not ended. */
  readonly open: string;
  /** Set: changes whose card may show less than the record. */
  readonly behind: string;
  /** Channel, no key: the ids of changes that got an entry or progress. */
  readonly announced: string;
  /** Hash: freezes and locks that people have set. */
  readonly holds: string;
  /** Hash: when the worker was heard of last, by Redis' clock, and why it cannot work. */
  readonly worker: string;
  /** Number: grows with each taking of the cluster's work by a worker. */
  readonly fence: string;
}

/** Keys of one change. */
export interface ChangeKeys {
  /** List: the events as JSON. */
  readonly record: string;
  /** Hash: revision, progress, bytes of the record, token of the last append. */
  readonly state: string;
  /** Hash: channel, ts, drawn, aside. */
  readonly card: string;
  /** Hash: which thread replies were posted, and which somebody is posting, until when. */
  readonly replies: string;
  /** The token of the replica that draws the card. */
  readonly lease: string;
}

/** What every key of a cluster starts with; BullMQ's too. Throws a TypeError for a name that cannot stand in a key. */
export function clusterPrefix(cluster: string): string {
  if (!isClusterName(cluster)) throw new TypeError(`“${cluster}” is not a cluster name.`);
  return `mk8s:${cluster}`;
}

/** The cluster whose announcements come by this channel; empty for a channel of another kind. */
export const clusterAnnouncedBy = (channel: string): string => /^mk8s:([^:]+):announced$/.exec(channel)?.[1] ?? '';

export function clusterKeys(cluster: string): ClusterKeys {
  const prefix = clusterPrefix(cluster);
  return {
    open: `${prefix}:open`,
    behind: `${prefix}:behind`,
    announced: `${prefix}:announced`,
    holds: `${prefix}:holds`,
    worker: `${prefix}:worker`,
    fence: `${prefix}:fence`,
  };
}

/** Throws a TypeError for what is not a change ID. */
export function changeKeys(id: ChangeId): ChangeKeys {
  if (!isChangeId(id)) throw new TypeError(`“${id}” is not a change ID.`);
  const prefix = clusterPrefix(clusterOf(id));
  return {
    record: `${prefix}:change:${id}`,
    state: `${prefix}:state:${id}`,
    card: `${prefix}:card:${id}`,
    replies: `${prefix}:replies:${id}`,
    lease: `${prefix}:lease:${id}`,
  };
}
