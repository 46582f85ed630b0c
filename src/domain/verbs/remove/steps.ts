import type { Archive } from '../../cluster/archive.ts';
import type { OpenTarget } from '../../cluster/facts.ts';
import { FILES_OF_ANY_VERSION, servedBy } from '../../cluster/registry.ts';
import { partOf } from '../../node-commands/part-file.ts';
import { keptManifest, REGISTRY_MANIFEST } from '../../node-commands/undo-commands.ts';
import type { PlanTarget } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { archivesThere, isUsedElsewhere } from '../archives-there.ts';
import { removeCopyStep, unconfigureStep, unmountStep, withdrawStep } from '../take-away.ts';

/** Moves the manifest away if the manifest or the pod exists. */
export function withdrawSteps({ node, target }: PlanTarget, { facts, change }: PlanContext): readonly Step[] {
  const hasPod = facts.kube.registries.some((one) => one.node === node.name);
  const hasManifest = target.present?.includes(REGISTRY_MANIFEST) === true;
  return hasPod || hasManifest ? [withdrawStep(node, keptManifest(change, 'removed'))] : [];
}

/** Unmounts every archive. Mount and line go together: a step that was interrupted between them is still the approved one. */
export const unmountSteps = ({ node, target }: PlanTarget, { archives }: PlanContext): readonly Step[] =>
  archivesThere(target, archives).map((archive) => unmountStep(node, { archive, takesMount: true, takesFstab: true }));

/** Deletes the registry's configuration; other files in that folder stay. */
export function unconfigureSteps({ node, target }: PlanTarget): readonly Step[] {
  const files = registryFiles(target);
  return files.length === 0 ? [] : [unconfigureStep(node, files)];
}

const registryFiles = ({ registryConfig }: OpenTarget): readonly string[] =>
  registryConfig
    .filter((file) => servedBy(file) !== null || FILES_OF_ANY_VERSION.some((one) => one === file))
    .toSorted();

/** Deletes the files that are the bootstrap node's archives, byte for byte, and what interrupted copies of them left. */
export const fileSteps = (one: PlanTarget, { archives }: PlanContext): readonly Step[] =>
  archives.toReversed().flatMap((archive) => fileStep(one, archive, archives));

function fileStep({ node, target }: PlanTarget, archive: Archive, archives: readonly Archive[]): readonly Step[] {
  const { id, path, size, sha256 } = archive;
  const part = partOf(archive);
  const file = target.files.find((one) => one.path === path)?.is;
  const isItsOwn = file === 'same' && !isUsedElsewhere(path, target, archives);
  const hasPart = target.parts.some((one) => one.path === part);
  if (!isItsOwn && !hasPart) return [];
  return [removeCopyStep(node, { id, path, size, sha256 }, part, isItsOwn, 'the archive of the bootstrap node')];
}
