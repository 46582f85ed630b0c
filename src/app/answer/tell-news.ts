import type { Intent } from '../../domain/plan/intent.ts';
import type { ClusterStatus } from '../../domain/questions/status/cluster-status.ts';
import { fixesOf } from '../../domain/questions/status/fixes.ts';
import { newsInWords } from '../../domain/questions/status/news-words.ts';
import { newsOf } from '../../domain/questions/status/troubles.ts';
import type { Fleet, Once } from '../../ports/cards.ts';
import type { Changes } from '../../ports/record.ts';
import type { StatusBoard, Told } from '../../ports/status.ts';
import type { Says } from '../ask/asker.ts';

/** The ports of `tellNews`, for one cluster. */
export interface NewsPorts {
  readonly cluster: string;
  readonly board: Pick<StatusBoard, 'seen'>;
  readonly told: Told;
  readonly changes: Pick<Changes, 'open' | 'recent' | 'get'>;
  readonly once: Once;
  /** Posts in the cluster's channel, with a button for each change that would help. */
  readonly post: (says: Says, fixes: readonly Intent[]) => Promise<void>;
}

/**
 * Tells people once, over all replicas, when something became worse, and when all is well again. A bot that dies while it posts leaves
 * the message to another one, an hour later. What a change causes while it runs is no news. Returns whether this status has nothing left
 * to tell.
 */
export async function tellNews({ board, told, changes, once, post }: NewsPorts): Promise<boolean> {
  const seen = await board.seen();
  if (seen.is !== 'seen') return true;
  const { status } = seen;
  const before = await told.last();
  const { is, told: after } = newsOf(status, before);
  if (is === 'nothing') {
    if (before === null || before.join('\n') !== after.join('\n')) await told.note(after);
    return true;
  }
  if (await isOfAChange(status, changes)) return false;
  if (!(await once.isFirst(nameOf(is, status, before ?? [], after)))) return false;
  await post((markup) => newsInWords(is, status, markup), is === 'well' ? [] : fixesOf(status));
  await told.note(after);
  return true;
}

/** Tells the news of many clusters. Returns an act that reads only the statuses that have changed since they had nothing left to tell. */
export function newsTeller(
  { statuses }: Pick<Fleet, 'statuses'>,
  onFailed: (error: unknown, cluster: string) => void,
): (clusters: readonly NewsPorts[]) => Promise<void> {
  const told = new Map<string, string>();
  return async (clusters) => {
    const now = await statuses(clusters.map(({ cluster }) => cluster));
    for (const ports of clusters) {
      const { cluster } = ports;
      const status = now.get(cluster) ?? '';
      if (status !== '' && told.get(cluster) === status) continue;
      told.delete(cluster);
      try {
        if (await tellNews(ports)) told.set(cluster, status);
      } catch (error) {
        onFailed(error, cluster);
      }
    }
  };
}

/** The same for every replica that finds this news, and another one when it happens again. */
function nameOf(
  is: string,
  { cluster, at, troubles }: ClusterStatus,
  before: readonly string[],
  after: readonly string[],
): string {
  const fresh = troubles.filter(({ what }) => after.includes(what) && !before.includes(what));
  const words = is === 'well' ? [at] : fresh.map(({ what, since }) => `${what} ${since}`);
  return ['news', cluster, is, ...words].join('\n');
}

/** Changes that are compared with the status: one cluster has at most one in progress. */
const MOST_RECENT = 20;

/** True if a change runs, or has ended since the inspection began. Both times are the worker's. */
async function isOfAChange({ at }: ClusterStatus, changes: NewsPorts['changes']): Promise<boolean> {
  const ids = new Set([...(await changes.open()), ...(await changes.recent(MOST_RECENT))]);
  for (const id of ids) {
    const change = (await changes.get(id))?.change;
    if (change?.state === 'applying') return true;
    if (change?.startedAt !== undefined && Date.parse(change.endedAt ?? '') >= Date.parse(at)) return true;
  }
  return false;
}
