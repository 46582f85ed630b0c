import type { Intent } from '../../plan/intent.ts';
import type { ClusterStatus, RegistryStatus } from './cluster-status.ts';

/** Verbs that complete a registry. */
export const FIXING = ['sync', 'add'] as const;
export type FixingVerb = (typeof FIXING)[number];

/** The verb that completes a stale registry; null for the bootstrap's, for one that is not stale, and for one that every verb refuses. A sync needs its pod. */
export function fixOf({ isBootstrap, stale }: RegistryStatus): FixingVerb | null {
  if (isBootstrap || stale.length === 0 || stale.some(({ is }) => is === 'manifest-copied')) return null;
  return stale.some(({ is }) => is === 'pod-missing') ? 'add' : 'sync';
}

/** The changes that complete every stale registry: one for each verb that is needed. */
export function fixesOf({ cluster, registries }: ClusterStatus): readonly Intent[] {
  return FIXING.flatMap((verb) => {
    const nodes = registries.filter((one) => fixOf(one) === verb).map(({ node }) => node);
    return nodes.length === 0 ? [] : [{ verb, cluster, nodes }];
  });
}
