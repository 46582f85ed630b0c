import { z } from 'zod';
import { CommandFailed } from '../../../domain/answers/failure.ts';
import { stepOnNode } from '../../../domain/plan/step-shared.ts';
import { secondsInWords } from '../../../domain/text/format.ts';
import type { Data } from '../../../domain/text/shape.ts';
import { lookPatiently, sent } from '../../world/drill-switch.ts';
import { RUNS_ALONE, type StepPlug } from '../../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../../world/step-world.ts';

const schema = stepOnNode('arm', {
  /** Where the manifest will be kept. */
  aside: z.string(),
  /** What must be left of the switch's time. */
  leastSeconds: z.number(),
});

export type ArmStep = Data<typeof schema>;

/**
 * Arms the dead man's switch. Its result is in the journal before the manifest moves. It acts through Salt, as every command on the
 * bootstrap node: the worker's own unit must not write below /etc (ProtectSystem=strict), and the node has no SSH annotations. The
 * Salt master is a static pod that needs no registry while it runs.
 */
export const arm: StepPlug<ArmStep> = {
  schema,
  title: (where) => `Arm the switch on ${where}`,
  seconds: () => ({ from: 2, to: 10 }),
  ...RUNS_ALONE,
  // The next step arms again if little time is left.
  check: async (step, world, signal) =>
    world.drilled === undefined
      ? await isArmed({ ...step, leastSeconds: 1 }, world, signal)
      : satisfied('the drill is over'),
  act: (step, world, signal) => armSwitch(step, step.commands[0], world, signal),
  confirm: isArmed,
};

/** Runs the command that arms. A lost answer is no failure if the node says that it is armed. */
export async function armSwitch(
  step: Pick<ArmStep, 'node' | 'aside' | 'leastSeconds'>,
  planned: ArmStep['commands'][number] | undefined,
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  if (planned === undefined) return;
  const failed = await sent(step.node, planned.command, world.salt, signal);
  if (failed instanceof CommandFailed) throw failed;
  if (failed !== null && (await isArmed(step, world, signal)).is !== 'satisfied') throw failed;
}

/** Read back from the node: enabled for a boot, running, for this drill, and with enough time left. */
export async function isArmed(
  { node, aside, leastSeconds }: Pick<ArmStep, 'node' | 'aside' | 'leastSeconds'>,
  world: StepWorld,
  signal: AbortSignal,
): Promise<Finding> {
  const { armed } = await lookPatiently(node, world, signal);
  if (armed === null) return unsatisfied(`The timer registry-ha-restore is not armed on ${node}.`);
  if (armed.aside !== aside) return unsatisfied(`The timer registry-ha-restore on ${node} is of another drill.`);
  const left = secondsInWords(armed.secondsLeft);
  return armed.secondsLeft < leastSeconds
    ? unsatisfied(`The timer registry-ha-restore on ${node} elapses in ${left} already.`)
    : satisfied(`registry-ha-restore elapses in ${left}`);
}
