import type { UnconfigureStep } from '../../domain/plan/undo-step.ts';
import { count, listed } from '../../domain/text/format.ts';
import { mustRunOnNode } from '../world/run-on-node.ts';
import { type Finding, type StepWork, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

/** Deletes what a change has written to the registry's configuration. */
export const unconfigure: StepWork<UnconfigureStep> = {
  check: areGone,
  async act(step, world, signal) {
    const isSo = async () => (await areGone(step, world, signal)).is === 'satisfied';
    for (const { command } of step.commands) await mustRunOnNode(step.node, command, isSo, world, signal);
  },
  confirm: areGone,
};

async function areGone({ node, files }: UnconfigureStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const there = await world.targets.registryConfig(world.accessTo(node), signal);
  const left = files.filter((file) => there.includes(file));
  return left.length === 0
    ? satisfied(`${count(files.length, 'file')} gone`)
    : unsatisfied(`The registry’s configuration still has ${listed(left)}.`);
}
