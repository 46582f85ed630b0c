import { mountpointOf } from './archive.ts';
import type { Facts, MountFacts } from './facts.ts';
import { isClosed } from './facts.ts';

/** What existed on a node right before a change started. An undo keeps it. */
export interface NodeBefore {
  readonly node: string;
  /** The node had a registry pod. */
  readonly registry: boolean;
  readonly mounts: readonly MountFacts[];
  readonly fstab: readonly MountFacts[];
  /** File names in the registry's configuration. */
  readonly registryConfig: readonly string[];
}

/** The state of the targets in an inspection. */
export function beforeOf({ targets, kube }: Facts): readonly NodeBefore[] {
  return targets.flatMap((target) => {
    if (isClosed(target)) return [];
    const { node, registryConfig } = target;
    const registry = kube.registries.some((one) => one.node === node);
    const mounts = target.mounts.filter(isOfAnArchive);
    return [{ node, registry, mounts, fstab: target.fstab.filter(isOfAnArchive), registryConfig }];
  });
}

/** Other lines of /etc/fstab are not recorded. */
const isOfAnArchive = ({ mountpoint }: MountFacts): boolean => mountpoint.startsWith(mountpointOf({ id: '' }));
