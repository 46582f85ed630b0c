import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';

/** The clusters there are, and the one that is meant when none is named. */
export interface CommandContext {
  readonly clusters: readonly string[];
  readonly defaultCluster: string | null;
}

/** The cluster that was typed behind --cluster, or the default. */
export function clusterFrom(typed: string | undefined, { clusters, defaultCluster }: CommandContext): string | Refusal {
  if (typed === undefined) {
    return defaultCluster ?? refuse('bad-command', 'Which cluster? Several are served here.', clusterHint(clusters));
  }
  if (clusters.includes(typed)) return typed;
  const meant = nearest(typed.toLowerCase(), clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse('unknown-cluster', `No cluster “${clipped(typed)}” is served here.${question}`, clusterHint(clusters));
}

const clusterHint = (clusters: readonly string[]): string => {
  if (clusters.length === 0) return 'The bot’s configuration names no cluster.';
  return `Name one: --cluster ${clusters[0]} (there ${clusters.length === 1 ? 'is' : 'are'} ${listed(clusters)}).`;
};
