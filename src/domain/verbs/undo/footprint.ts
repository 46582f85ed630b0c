import type { Facts, MountFacts, NodeFacts, OpenTarget } from '../../cluster/facts.ts';
import { isClosed } from '../../cluster/facts.ts';
import type { NodeBefore } from '../../cluster/node-before.ts';
import { includeOfSolution, includeOfVersion } from '../../cluster/registry.ts';
import type { CopyStep, MountedArchive, Step } from '../../plan/step.ts';

/** What a change may have left on one node: what it found there, what it began, and what is there now. */
export interface Footprint {
  readonly node: NodeFacts;
  readonly target: OpenTarget;
  readonly before: NodeBefore;
  /** Its begun steps on this node, those for the whole cluster among them. */
  readonly touched: readonly Step[];
}

/** The traces on these nodes, the node that came last first. */
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

/** Was the registry of this node put there, or begun to be, by the change? */
export const hasDeployed = ({ touched }: Footprint): boolean => touched.some(({ kind }) => kind === 'deploy');

export const copiesOf = ({ touched }: Footprint): readonly CopyStep[] =>
  touched.flatMap((step) => (step.kind === 'copy' ? [step] : []));

/** An archive that the change may have mounted, and what of it was not there before. */
export interface OwnMount {
  readonly archive: MountedArchive;
  readonly takesMount: boolean;
  readonly takesFstab: boolean;
}

/** What the change may have mounted or written to /etc/fstab; what was there before is not its own. */
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

/** Is it mounted there from this very file? */
export const isOf =
  ({ path, mountpoint }: MountedArchive) =>
  (entry: MountFacts): boolean =>
    entry.mountpoint === mountpoint && entry.backingFile === path;

/** Files that metalk8s.repo.configured writes for any version. */
const ANY_VERSION = ['default.conf', '90-registry-config.inc', '99-registry-common.inc'];

/** Files of the registry's configuration that the change may have written, and that were not there before; sorted. */
export function ownConfig({ touched, before }: Footprint, saltenv: string): readonly string[] {
  const files = touched.flatMap((step) => {
    if (step.kind === 'solutions') return step.archives.map(({ id }) => includeOfSolution(id));
    if (step.kind === 'other-version') return [...ANY_VERSION, includeOfVersion(step.saltenv)];
    return step.kind === 'deploy' ? [...ANY_VERSION, includeOfVersion(saltenv)] : [];
  });
  return [...new Set(files)].filter((file) => !before.registryConfig.includes(file)).sort();
}
