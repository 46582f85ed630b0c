import type { Facts, NodeFacts, OpenTarget } from '../../cluster/facts.ts';
import { isClosed } from '../../cluster/facts.ts';
import type { NodeBefore } from '../../cluster/node-before.ts';
import { includeOfSolution, includeOfVersion } from '../../cluster/registry.ts';
import type { CopyStep, MountedArchive, Step } from '../../plan/step.ts';

/** What a change may have left on one node: the node's state before, the steps that began, and its state now. */
export interface Footprint {
  readonly node: NodeFacts;
  readonly target: OpenTarget;
  readonly before: NodeBefore;
  /** The change's begun steps on this node or on the whole cluster. */
  readonly touched: readonly Step[];
}

/** The footprints on these nodes, in reverse order. */
export function footprintsOf(
  nodes: readonly string[],
  touched: readonly Step[],
  before: readonly NodeBefore[],
  facts: Facts,
): readonly Footprint[] {
  return nodes.toReversed().flatMap((name) => {
    const node = facts.kube.nodes.find((one) => one.name === name);
    const target = facts.targets.find((one) => one.node === name);
    const was = before.find((one) => one.node === name);
    if (node === undefined || target === undefined || isClosed(target) || was === undefined) return [];
    return [{ node, target, before: was, touched: touched.filter((step) => !('node' in step) || step.node === name) }];
  });
}

/** True if the change deployed this node's registry, or began to. */
export const hasDeployed = ({ touched }: Footprint): boolean => touched.some(({ kind }) => kind === 'deploy');

export const copiesOf = ({ touched }: Footprint): readonly CopyStep[] =>
  touched.flatMap((step) => (step.kind === 'copy' ? [step] : []));

/** An archive that the change may have mounted, and which of mount and /etc/fstab line did not exist before. */
export interface OwnMount {
  readonly archive: MountedArchive;
  readonly takesMount: boolean;
  readonly takesFstab: boolean;
}

/** What the change may have mounted or written to /etc/fstab, without what existed before. */
export function ownMounts({ touched, before }: Footprint): readonly OwnMount[] {
  const archives = touched.flatMap((step) => (step.kind === 'mount' || step.kind === 'solutions' ? step.archives : []));
  return archives
    .map((archive) => ({
      archive,
      takesMount: !before.mounts.some(({ mountpoint }) => mountpoint === archive.mountpoint),
      takesFstab: !before.fstab.some(({ mountpoint }) => mountpoint === archive.mountpoint),
    }))
    .filter(({ takesMount, takesFstab }) => takesMount || takesFstab);
}

/** Files that metalk8s.repo.configured writes for any version. */
const ANY_VERSION = ['default.conf', '90-registry-config.inc', '99-registry-common.inc'];

/** Configuration files of the registry that the change may have written and that did not exist before, sorted. */
export function ownConfig({ touched, before }: Footprint, saltenv: string): readonly string[] {
  const files = touched.flatMap((step) => {
    if (step.kind === 'solutions') return step.archives.map(({ id }) => includeOfSolution(id));
    if (step.kind === 'other-version') return [...ANY_VERSION, includeOfVersion(step.saltenv)];
    return step.kind === 'deploy' ? [...ANY_VERSION, includeOfVersion(saltenv)] : [];
  });
  return [...new Set(files)].filter((file) => !before.registryConfig.includes(file)).sort();
}
