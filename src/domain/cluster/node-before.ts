import { mountpointOf } from './archive.ts';
import type { Facts, MountFacts } from './facts.ts';
import { isClosed } from './facts.ts';

/** What was on a node right before a change began: an undo leaves it alone. */
export interface NodeBefore {
  readonly node: string;
  /** It had a registry's pod. */
  readonly registry: boolean;
  readonly mounts: readonly MountFacts[];
  readonly fstab: readonly MountFacts[];
  /** File names in the registry's configuration. */
  readonly registryConfig: readonly string[];
}

/** The targets as a look has found them. */
export function beforeOf({ targets, kube }: Facts): readonly NodeBefore[] {
  return targets.flatMap((target) => {
    if (isClosed(target)) return [];
    const { node, registryConfig } = target;
    const registry = kube.registries.some((one) => one.node === node);
    const mounts = target.mounts.filter(isOfAnArchive);
    return [{ node, registry, mounts, fstab: target.fstab.filter(isOfAnArchive), registryConfig }];
  });
}

/** The rest of /etc/fstab is nobody's business here. */
const isOfAnArchive = ({ mountpoint }: MountFacts): boolean => mountpoint.startsWith(mountpointOf({ id: '' }));
