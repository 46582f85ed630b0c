import type { ChangeId } from '../../../domain/change/change.ts';
import { clusterOf, isChangeId } from '../../../domain/change/change-id.ts';
import { isClusterName } from '../../../domain/cluster/cluster-name.ts';

/** Pattern for the announcements of all clusters, for a single subscription. */
export const ALL_ANNOUNCED = 'mk8s:*:announced';

/** Keys of a cluster. All start with `mk8s:<cluster>:`, the prefix that its Redis user may access. */
export interface ClusterKeys {
  /** Set: changes that have not ended. */
  readonly open: string;
  /** Set: changes whose card may show less than the record. */
  readonly behind: string;
  /** Channel, not a key: IDs of changes with a new entry or progress. */
  readonly announced: string;
  /** Hash: freezes and locks that people have set. */
  readonly holds: string;
  /** Hash: last heartbeat by Redis' clock, and the worker's trouble. */
  readonly worker: string;
  /** Number: the last fencing token. */
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
  /** Hash: posted thread replies, and claimed replies with their expiry. */
  readonly replies: string;
  /** String: the token of the replica that draws the card. */
  readonly lease: string;
}

/** Prefix of every key of a cluster, including BullMQ's keys. Throws a TypeError for an invalid name. */
export function clusterPrefix(cluster: string): string {
  if (!isClusterName(cluster)) throw new TypeError(`“${cluster}” is not a cluster name.`);
  return `mk8s:${cluster}`;
}

/** The cluster of an announcement channel; empty for any other channel. */
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

/** Throws a TypeError for an invalid change ID. */
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
