import { z } from 'zod';
import type { Data } from '../text/shape.ts';
import { mountpointOf } from './archive.ts';
import { type Facts, isClosed, type MountFacts, mountFacts } from './facts.ts';

/** What existed on a node right before a change started. An undo keeps it. */
export const nodeBefore = z.strictObject({
  node: z.string(),
  /** The node had a registry pod. */
  registry: z.boolean(),
  mounts: z.array(mountFacts),
  fstab: z.array(mountFacts),
  /** File names in the registry's configuration. */
  registryConfig: z.array(z.string()),
});
export type NodeBefore = Data<typeof nodeBefore>;

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
