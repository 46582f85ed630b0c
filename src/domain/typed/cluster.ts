import { type Refusal, refuse } from '../answers/refusal.ts';
import type { ClusterNodes } from '../cluster/worker-state.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearestOnes } from '../text/nearest.ts';
import { didYouMean } from './did-you-mean.ts';
import { plainWord } from './plain.ts';

/** The configured clusters, and the default for this channel. */
export interface CommandContext {
  readonly clusters: readonly string[];
  readonly defaultCluster: string | null;
  /** The nodes of a cluster, as its worker reported them a short time ago; null when they are not known. */
  readonly nodesOf?: (cluster: string) => ClusterNodes | null;
  /** True if only a plan is wanted: then a refusal suggests a command that requests nothing. */
  readonly isDryRun?: boolean;
}

/** The cluster given with --cluster, or the default. */
export function clusterFrom(typed: string | undefined, { clusters, defaultCluster }: CommandContext): string | Refusal {
  if (typed === undefined) {
    return (
      defaultCluster ??
      refuse('bad-command', 'The command must name a cluster, because the bot serves several.', clusterHint(clusters))
    );
  }
  const name = plainWord(typed);
  if (clusters.includes(name)) return name;
  const question = didYouMean(nearestOnes(name.toLowerCase(), clusters));
  return refuse('unknown-cluster', `The bot serves no cluster “${clipped(typed)}”.${question}`, clusterHint(clusters));
}

/** The cluster that a word names where no cluster belongs; null without one. A node may have the name of a cluster. */
export function clusterAmong(
  words: readonly string[],
  cluster: string | null,
  { clusters, nodesOf }: CommandContext,
): string | null {
  const nodes = cluster === null ? [] : (nodesOf?.(cluster)?.names ?? []);
  const names = words.map((word) => plainWord(word).toLowerCase());
  return names.find((name) => clusters.includes(name) && !nodes.includes(name)) ?? null;
}

const clusterHint = (clusters: readonly string[]): string => {
  if (clusters.length === 0) return 'Add a cluster to the bot’s configuration.';
  return `Add --cluster ${clusters[0]} (available: ${listed(clusters)}).`;
};
