import type { PlacedCopy } from '../../change/placed-copies.ts';
import type { Archive } from '../../cluster/archive.ts';
import type { TargetFile } from '../../cluster/facts.ts';
import { servedBy } from '../../cluster/registry.ts';
import { partOf } from '../../node-commands/part-file.ts';
import type { PlanTarget } from '../../plan/parts.ts';
import type { MountedArchive, Step } from '../../plan/step.ts';
import { archivesThere, isUsedElsewhere } from '../archives-there.ts';
import { removeCopyStep, unconfigureStep, unmountStep } from '../take-away.ts';

const isListed = (id: string, archives: readonly Archive[]): boolean => archives.some((one) => one.id === id);

/**
 * Deletes the includes of archives that are listed no more, before the pod starts anew: an include of a version uses a variable that
 * metalk8s.repo.configured no longer sets, and nginx would not start (reference: metalk8s.md §5.6).
 */
export function staleIncludes({ node, target }: PlanTarget, archives: readonly Archive[]): readonly Step[] {
  const files = target.registryConfig.filter((file) => {
    const served = servedBy(file);
    return served !== null && !isListed(served.id, archives);
  });
  return files.length === 0 ? [] : [unconfigureStep(node, files.toSorted())];
}

/** Archives on the node that the bootstrap node lists no more. */
export const staleArchives = ({ target }: PlanTarget, archives: readonly Archive[]): readonly MountedArchive[] =>
  archivesThere(target, archives).filter(({ id }) => !isListed(id, archives));

/** Unmounts what is listed no more, after the pod that used it is gone, and deletes the files that the worker had copied. */
export function clearSteps(
  one: PlanTarget,
  archives: readonly Archive[],
  copies: readonly PlacedCopy[],
): readonly Step[] {
  const unmounts = staleArchives(one, archives).map((archive) =>
    unmountStep(one.node, { archive, takesMount: true, takesFstab: true }),
  );
  const files = staleCopies(one, archives, copies)
    .filter(({ file }) => file.is === 'same' && !isUsedElsewhere(file.path, one.target, archives))
    .map(({ copy: { node: _, ...archive } }) => removeCopyStep(one.node, archive, partOf(archive), true));
  return [...unmounts, ...files];
}

/** Files of archives that are listed no more and that the worker copied to this node, as they are now. */
export function staleCopies(
  { node, target }: PlanTarget,
  archives: readonly Archive[],
  copies: readonly PlacedCopy[],
): readonly { readonly copy: PlacedCopy; readonly file: TargetFile }[] {
  return copies
    .filter((copy) => copy.node === node.name && archives.every(({ path }) => path !== copy.path))
    .flatMap((copy) => {
      const file = target.others?.find(({ path }) => path === copy.path);
      return file === undefined || file.is === 'absent' ? [] : [{ copy, file }];
    });
}
