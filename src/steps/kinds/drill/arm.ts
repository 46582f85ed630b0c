import { z } from 'zod';
import { CommandFailed } from '../../../domain/answers/failure.ts';
import { hasExited, isOutOfSight } from '../../../domain/node-commands/ended.ts';
import { stepOnNode } from '../../../domain/plan/step-shared.ts';
import { secondsInWords } from '../../../domain/text/format.ts';
import type { Data } from '../../../domain/text/shape.ts';
import { lookAtSwitch } from '../../world/drill-switch.ts';
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

/** Runs the command that arms. A lost answer is no failure: what the node says then counts. */
export async function armSwitch(
  { node }: Pick<ArmStep, 'node'>,
  planned: ArmStep['commands'][number] | undefined,
  { salt }: Pick<StepWorld, 'salt'>,
  signal: AbortSignal,
): Promise<void> {
  if (planned === undefined) return;
  const result = await salt.run(node, planned.command, signal);
  if (!hasExited(result) && !isOutOfSight(result.ended)) throw new CommandFailed(node, planned.command, result);
}

/** Read back from the node: enabled for a boot, running, for this drill, and with enough time left. */
export async function isArmed(
  { node, aside, leastSeconds }: Pick<ArmStep, 'node' | 'aside' | 'leastSeconds'>,
  { salt }: Pick<StepWorld, 'salt'>,
  signal: AbortSignal,
): Promise<Finding> {
  const { armed } = await lookAtSwitch(node, salt, signal);
  if (armed === null) return unsatisfied(`The timer registry-ha-restore is not armed on ${node}.`);
  if (armed.aside !== aside) return unsatisfied(`The timer registry-ha-restore on ${node} is of another drill.`);
  const left = secondsInWords(armed.secondsLeft);
  return armed.secondsLeft < leastSeconds
    ? unsatisfied(`The timer registry-ha-restore on ${node} elapses in ${left} already.`)
    : satisfied(`registry-ha-restore elapses in ${left}`);
}
