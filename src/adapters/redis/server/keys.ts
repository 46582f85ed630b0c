import type { ChangeId } from '../../../domain/change/change.ts';
import { clusterOf, isChangeId } from '../../../domain/change/change-id.ts';
import { isClusterName } from '../../../domain/cluster/cluster-name.ts';

/** Pattern for the announcements of all clusters, for a single subscription. */
export const ALL_ANNOUNCED = 'mk8s:*:announced';

/** Prefix of every key of a cluster, including BullMQ's keys. Throws a TypeError for an invalid name. */
export function clusterPrefix(cluster: string): string {
  if (!isClusterName(cluster)) throw new TypeError(`“${cluster}” is not a cluster name.`);
  return `mk8s:${cluster}`;
}

/** The cluster of an announcement channel; empty for any other channel. */
export const clusterAnnouncedBy = (channel: string): string => /^mk8s:([^:]+):announced$/.exec(channel)?.[1] ?? '';

/** Keys of a cluster. All start with `mk8s:<cluster>:`, the prefix that its Redis user may access. */
export function clusterKeys(cluster: string) {
  const prefix = clusterPrefix(cluster);
  return {
    /** Set: changes that have not ended. */
    open: `${prefix}:open`,
    /** Sorted set: changes by the time of their request, by Redis' clock. */
    recent: `${prefix}:recent`,
    /** Set: changes whose card may show less than the record. */
    behind: `${prefix}:behind`,
    /** Channel, not a key: IDs of changes with a new entry or progress. */
    announced: `${prefix}:announced`,
    /** Hash: freezes and locks that people have set. */
    holds: `${prefix}:holds`,
    /** Hash: the signed last heartbeat, with its time by Redis' clock and the worker's trouble; the last request for an inspection. */
    worker: `${prefix}:worker`,
    /** String: the signed status that the worker's last inspection found, with its time by Redis' clock. */
    status: `${prefix}:status`,
    /** String: the worker's signed report of its last proof outside of a change, with its time by Redis' clock. */
    proof: `${prefix}:proof`,
    /** String: the request for a proof that waits; it expires. */
    proofAsked: `${prefix}:proof-asked`,
    /** Sorted set: the requests for dry runs that wait, by Redis' time; it expires. */
    dryRunsAsked: `${prefix}:dry-runs-asked`,
    /** Prefix of strings: the worker's signed answers to dry runs; they expire. */
    dryRun: `${prefix}:dry-run`,
    /** String: the troubles that the bots have told people of, signed by a bot. */
    told: `${prefix}:told`,
    /** String: what the last daily checks have told people, signed by a bot. */
    toldDaily: `${prefix}:told-daily`,
    /** Prefix of strings: payloads of Slack that a bot has taken. */
    once: `${prefix}:once`,
    /** Sorted set: replicas of the bot, by their last sign of life, by Redis' clock. */
    replicas: `${prefix}:replicas`,
    /** String: how many sockets use the app token, as Slack last said to a bot; it expires. */
    sockets: `${prefix}:sockets`,
    /** Number: the last fencing token. */
    fence: `${prefix}:fence`,
  };
}

/** Keys of one change. Throws a TypeError for an invalid change ID. */
export function changeKeys(id: ChangeId) {
  if (!isChangeId(id)) throw new TypeError(`“${id}” is not a change ID.`);
  const prefix = clusterPrefix(clusterOf(id));
  return {
    /** List: the events as JSON. */
    record: `${prefix}:change:${id}`,
    /** Hash: revision, progress, bytes of the record, token of the last append. */
    state: `${prefix}:state:${id}`,
    /** Hash: the signed place (channel, ts), drawn, aside. */
    card: `${prefix}:card:${id}`,
    /** Hash: posted thread replies, and claimed replies with their expiry. */
    replies: `${prefix}:replies:${id}`,
    /** String: the token of the replica that draws the card. */
    lease: `${prefix}:lease:${id}`,
  };
}

export type ChangeKeys = ReturnType<typeof changeKeys>;
