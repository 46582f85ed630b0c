import { isAt, isBackedBy, isMountOf } from '../../cluster/mounted.ts';
import { keptManifest, REGISTRY_MANIFEST } from '../../node-commands/undo-commands.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { CopyStep, Step, StepOf } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';
import {
  proveDeletedStep,
  proveGoneStep,
  removeCopyStep,
  unconfigureStep,
  unmountStep,
  withdrawStep,
} from '../take-away.ts';
import {
  copiesOf,
  type Footprint,
  hasDeployed,
  hasPart,
  isOwnCopy,
  type OwnMount,
  ownConfig,
  ownMounts,
} from './footprint.ts';

/** Moves the manifest away if the manifest or the pod exists. `undoes` names the folder that keeps it. */
export function withdrawSteps(trace: Footprint, { facts }: PlanContext, undoes: string): readonly Step[] {
  const { node, target } = trace;
  const isThere =
    target.present?.includes(REGISTRY_MANIFEST) === true || facts.kube.registries.some((one) => one.node === node.name);
  return hasDeployed(trace) && isThere ? [withdrawStep(node, keptManifest(undoes))] : [];
}

/** Unmounts what the change has mounted, if it is still mounted or in /etc/fstab. */
export function unmountSteps(trace: Footprint): readonly Step[] {
  const { node, target } = trace;
  const isLeft = ({ archive, takesMount, takesFstab }: OwnMount): boolean =>
    (takesMount && target.mounts.filter(isAt(archive.mountpoint)).some(isBackedBy(archive.path))) ||
    (takesFstab && target.fstab.some(isMountOf(archive)));
  return ownMounts(trace)
    .filter(isLeft)
    .toReversed()
    .map((own) => unmountStep(node, own));
}

/** Deletes the change's files from the registry's configuration, if any of them still exists. */
export function unconfigureSteps(trace: Footprint, saltenv: string): readonly Step[] {
  const files = ownConfig(trace, saltenv);
  return files.some((file) => trace.target.registryConfig.includes(file)) ? [unconfigureStep(trace.node, files)] : [];
}

/** Deletes the archives that the change has copied, and the part files of interrupted copies. */
export function removeSteps(trace: Footprint): readonly StepOf<'remove-copy'>[] {
  return copiesOf(trace)
    .filter((copy) => !isInUse(copy, trace))
    .toReversed()
    .flatMap((copy) => removeStep(copy, trace));
}

/** The undo of a change that only copied: it deletes the copies and proves that they are gone. */
export function onlyFilesSteps(traces: readonly Footprint[]): readonly Step[] {
  const removals = traces.flatMap(removeSteps);
  return [...removals, proveDeletedStep(removals)];
}

/** What stays after an undo of copies. */
export function foldersStay(steps: readonly Step[]): readonly string[] {
  const nodes = [...new Set(steps.flatMap((step) => ('node' in step ? [step.node] : [])))];
  return nodes.length === 0 ? [] : [`Empty folders stay on ${listed(nodes)}.`];
}

/** True if a mount that this undo keeps uses the file. */
export function isInUse({ archive }: CopyStep, trace: Footprint): boolean {
  const own = ownMounts(trace).filter(({ takesMount }) => takesMount);
  return trace.target.mounts
    .filter(isBackedBy(archive.path))
    .some((entry) => !own.some((one) => isAt(one.archive.mountpoint)(entry)));
}

function removeStep(copy: CopyStep, trace: Footprint): readonly StepOf<'remove-copy'>[] {
  const { archive, part } = copy;
  const { node, target } = trace;
  const file = target.files.find(({ path }) => path === archive.path)?.is;
  const isOwn = isOwnCopy(copy, trace);
  if (!(isOwn && file === 'same') && !hasPart(copy, trace)) return [];
  return [removeCopyStep(node, archive, part, isOwn && (file === 'same' || file === 'absent'))];
}

/** The proof: no engine lists the removed registries, and the bootstrap's registry serves every image. */
export function proveUndone(traces: readonly Footprint[], context: PlanContext): StepOf<'prove-undone'> {
  const gone = traces
    .filter(({ before }) => !before.registry)
    .map(({ node }) => ({ node: node.name, address: node.ip ?? '' }))
    .toReversed();
  return proveGoneStep(gone, [], context);
}
