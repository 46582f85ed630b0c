import type { Change } from '../../change/change.ts';
import { touchedSteps } from '../../change/step-attempts.ts';
import type { Facts, NodeFacts, OpenTarget } from '../../cluster/facts.ts';
import { isClosed } from '../../cluster/facts.ts';
import type { NodeBefore } from '../../cluster/node-before.ts';
import { FILES_OF_ANY_VERSION, includeOfSolution, includeOfVersion } from '../../cluster/registry.ts';
import { reachOf } from '../../plan/reach.ts';
import type { CopyStep, MountedArchive, Step } from '../../plan/step.ts';

/** What a change may have left on one node: the node's state before, the steps that began, and its state now. */
export interface Footprint {
  readonly node: NodeFacts;
  readonly target: OpenTarget;
  readonly before: NodeBefore;
  /** The change's begun steps on this node or on the whole cluster. */
  readonly touched: readonly Step[];
  /** IDs of the change's completed steps. */
  readonly completed: readonly string[];
}

/** The footprints on these nodes, in reverse order. */
export function footprintsOf(
  undone: Pick<Change, 'intent' | 'steps' | 'before'>,
  touched: readonly Step[],
  facts: Facts,
): readonly Footprint[] {
  const { steps, before = [] } = undone;
  const completed = Object.keys(steps).filter((id) => steps[id]?.is === 'done');
  return undone.intent.nodes.toReversed().flatMap((name) => {
    const node = facts.kube.nodes.find((one) => one.name === name);
    const target = facts.targets.find((one) => one.node === name);
    const was = before.find((one) => one.node === name);
    if (node === undefined || target === undefined || isClosed(target) || was === undefined) return [];
    const own = touched.filter((step) => !('node' in step) || step.node === name);
    return [{ node, target, before: was, touched: own, completed }];
  });
}

/** True if the change began nothing but copies, so that no registry, mount or engine is to be undone. */
export const isOfFiles = (undone: Pick<Change, 'plan' | 'steps' | 'begun'>): boolean =>
  reachOf(touchedSteps(undone)) === 'files';

/** True if the change deployed this node's registry, or began to. */
export const hasDeployed = ({ touched }: Footprint): boolean => touched.some(({ kind }) => kind === 'deploy');

export const copiesOf = ({ touched }: Footprint): readonly CopyStep[] =>
  touched.flatMap((step) => (step.kind === 'copy' ? [step] : []));

export const hasPart = ({ part }: CopyStep, { target }: Footprint): boolean => target.present?.includes(part) === true;

/**
 * True if the file at the archive's path is the change's own: its copy was completed. A part file beside it says that another person
 * put the file there after the copy had failed, because a copy ends by renaming its part file.
 */
export const isOwnCopy = (copy: CopyStep, trace: Footprint): boolean =>
  trace.completed.includes(copy.id) && !hasPart(copy, trace);

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

/** Configuration files of the registry that the change may have written and that did not exist before, sorted. */
export function ownConfig({ touched, before }: Footprint, saltenv: string): readonly string[] {
  const files = touched.flatMap((step) => {
    if (step.kind === 'solutions') return step.archives.map(({ id }) => includeOfSolution(id));
    if (step.kind === 'other-version') return [...FILES_OF_ANY_VERSION, includeOfVersion(step.saltenv)];
    return step.kind === 'deploy' ? [...FILES_OF_ANY_VERSION, includeOfVersion(saltenv)] : [];
  });
  return [...new Set(files)].filter((file) => !before.registryConfig.includes(file)).sort();
}
