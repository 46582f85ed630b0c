import { type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';

/** The configured clusters, and the default for this channel. */
export interface CommandContext {
  readonly clusters: readonly string[];
  readonly defaultCluster: string | null;
}

/** The cluster given with --cluster, or the default. */
export function clusterFrom(typed: string | undefined, { clusters, defaultCluster }: CommandContext): string | Refusal {
  if (typed === undefined) {
    return (
      defaultCluster ??
      refuse('bad-command', 'The command must name a cluster, because the bot serves several.', clusterHint(clusters))
    );
  }
  if (clusters.includes(typed)) return typed;
  const meant = nearest(typed.toLowerCase(), clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}”?`;
  return refuse('unknown-cluster', `The bot serves no cluster “${clipped(typed)}”.${question}`, clusterHint(clusters));
}

const clusterHint = (clusters: readonly string[]): string => {
  if (clusters.length === 0) return 'Add a cluster to the bot’s configuration.';
  return `Add --cluster ${clusters[0]} (available: ${listed(clusters)}).`;
};
