import { z } from 'zod';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { mustRunOnNode } from '../world/run-on-node.ts';
import { type StepPlug, TAKES_AWAY } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

const schema = stepOnNode('unconfigure', {
  /** File names in the registry's configuration folder. */
  files: z.array(z.string()),
});

type UnconfigureStep = Data<typeof schema>;

/** Deletes the files that a change has written to the registry's configuration. */
export const unconfigure: StepPlug<UnconfigureStep> = {
  schema,
  title: (where) => `Delete the registry’s configuration on ${where}`,
  seconds: () => ({ from: 1, to: 3 }),
  ...TAKES_AWAY,
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
