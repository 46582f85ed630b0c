import { z } from 'zod';
import { notConfirmed } from '../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { isBackedBy } from '../../domain/cluster/mounted.ts';
import { copiedArchive, stepOnNode } from '../../domain/plan/step-shared.ts';
import { count } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { mustRunOnNode } from '../world/run-on-node.ts';
import { type StepPlug, TAKES_AWAY } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

const schema = stepOnNode('remove-copy', {
  archive: copiedArchive,
  part: z.string(),
  /** False if another file is at the archive's path; then only the part file is deleted. */
  takesArchive: z.boolean(),
});

type RemoveCopyStep = Data<typeof schema>;

/** Deletes an archive that a change has copied, and its part file. Before that, it checks that the file is unchanged and unused. */
export const removeCopy: StepPlug<RemoveCopyStep> = {
  schema,
  title: (where, steps) => `Delete copied archives from ${where} (${count(steps, 'archive')})`,
  seconds: () => ({ from: 2, to: 60 }),
  ...TAKES_AWAY,
  check: isGone,
  async act(step, world, signal) {
    const { node, archive, part, takesArchive } = step;
    for (const { command } of step.commands) {
      const path = command.args.at(-1) === part ? part : archive.path;
      const isAway = async () => (await world.targets.present(world.accessTo(node), [path], signal)).length === 0;
      if (await isAway()) continue;
      if (takesArchive && path === archive.path) await refuseForeign(step, world, signal);
      await mustRunOnNode(node, command, isAway, world, signal);
    }
  },
  confirm: isGone,
};

/** Checks before a file is deleted that it is the copied archive and no mount uses it. Throws `not-confirmed`. */
async function refuseForeign({ node, archive }: RemoveCopyStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const { path, size, sha256 } = archive;
  const access = world.accessTo(node);
  if (!(await world.targets.hasFile(access, { path, size, sha256 }, signal))) {
    throw notConfirmed(
      node,
      `${path} was not deleted: its size or SHA-256 differs from the copied archive.`,
      `Check the file. If nobody needs it, move it away, then ${RETRY_HINT}.`,
    );
  }
  const { mounts } = await world.targets.mounts(access, [path], signal);
  const user = mounts.find(isBackedBy(path));
  if (user === undefined) return;
  throw notConfirmed(
    node,
    `${path} was not deleted: it is mounted at ${user.mountpoint}.`,
    `Find out who mounted it, unmount it, then ${RETRY_HINT}.`,
  );
}

async function isGone(step: RemoveCopyStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const paths = [...(step.takesArchive ? [step.archive.path] : []), step.part];
  const left = await world.targets.present(world.accessTo(step.node), paths, signal);
  return left.length === 0
    ? satisfied(`${paths[0] ?? ''} is gone`)
    : unsatisfied(`${left.join(' and ')} is still there.`);
}
