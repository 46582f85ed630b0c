import { z } from 'zod';
import { CommandFailed, notConfirmed } from '../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { isAt, isBackedBy, isMountOf } from '../../domain/cluster/mounted.ts';
import type { Command, CommandResult } from '../../domain/node-commands/command.ts';
import { hasExited } from '../../domain/node-commands/ended.ts';
import { mountedArchive, stepOnNode } from '../../domain/plan/step-shared.ts';
import type { Data } from '../../domain/text/shape.ts';
import { mustRunOnNode, runOnNode } from '../world/run-on-node.ts';
import { type StepPlug, TAKES_AWAY } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { pauseUnlessCancelled, waitingNote } from '../world/wait.ts';

/** A container that has just ended releases its files within seconds. */
const BUSY_LIMIT_MS = 60_000;
const BUSY_PAUSE_MS = 3_000;

const schema = stepOnNode('unmount', {
  archive: mountedArchive,
  /** Which of the two the undone change has done; only that is undone. */
  takesMount: z.boolean(),
  takesFstab: z.boolean(),
});

type UnmountStep = Data<typeof schema>;

/** Unmounts an archive and removes its line from /etc/fstab. */
export const unmount: StepPlug<UnmountStep> = {
  schema,
  title: (where) => `Unmount archives on ${where}`,
  seconds: () => ({ from: 1, to: 5 }),
  ...TAKES_AWAY,
  check: isUnmounted,
  async act(step, world, signal) {
    for (const { command } of step.commands) {
      const isSo = () => hasDone(command, step, world, signal);
      if (await isSo()) continue;
      if (isUmount(command)) await umountWhenFree(command, step, isSo, world, signal);
      else await mustRunOnNode(step.node, command, isSo, world, signal);
    }
  },
  confirm: isUnmounted,
};

const isUmount = ({ program, args }: Command): boolean => program === 'umount' || args.includes('umount');

/** True if this command's part of the work is done. */
async function hasDone(command: Command, step: UnmountStep, world: StepWorld, signal: AbortSignal): Promise<boolean> {
  const { mounted, inFstab } = await stateOf(step, world, signal);
  return isUmount(command) ? !mounted : !inFstab;
}

async function umountWhenFree(
  command: Command,
  step: UnmountStep,
  isSo: () => Promise<boolean>,
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  const until = world.clock.steadyMs() + BUSY_LIMIT_MS;
  await refuseForeign(step, world, signal);
  for (;;) {
    const result = await runOnNode(step.node, command, isSo, world, signal);
    if (hasExited(result)) return;
    if (!isBusy(result) || world.clock.steadyMs() >= until) throw new CommandFailed(step.node, command, result);
    world.throwIfCancelled();
    world.onProgress(waitingNote(`${step.archive.mountpoint} is still in use.`));
    await pauseUnlessCancelled(BUSY_PAUSE_MS, world, signal);
  }
}

/** Another file may have been mounted there since. Throws `not-confirmed`. */
async function refuseForeign(step: UnmountStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const { foreign } = await stateOf(step, world, signal);
  if (foreign === undefined) return;
  const { mountpoint, path } = step.archive;
  throw notConfirmed(
    step.node,
    `${mountpoint} was not unmounted: ${foreign.backingFile} is mounted there, not ${path}.`,
    `Find out who mounted it, unmount it, then ${RETRY_HINT}.`,
  );
}

/** umount(8) of util-linux: 32 is a mount failure. `isSo` has already ruled out that nothing is mounted. */
const isBusy = (result: CommandResult): boolean => hasExited(result, 32);

async function isUnmounted(step: UnmountStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { mounted, inFstab } = await stateOf(step, world, signal);
  const { mountpoint } = step.archive;
  if (step.takesMount && mounted) return unsatisfied(`${mountpoint} is still mounted.`);
  if (step.takesFstab && inFstab) return unsatisfied(`${mountpoint} is still in /etc/fstab.`);
  return satisfied(`${mountpoint} is not mounted${step.takesFstab ? ', nor in /etc/fstab' : ''}`);
}

async function stateOf({ node, archive }: UnmountStep, world: StepWorld, signal: AbortSignal) {
  const { mounts, fstab } = await world.targets.mounts(world.accessTo(node), [archive.path], signal);
  const there = mounts.filter(isAt(archive.mountpoint));
  const foreign = there.find((entry) => !isBackedBy(archive.path)(entry));
  return { mounted: there.length > 0, foreign, inFstab: fstab.some(isMountOf(archive)) };
}
