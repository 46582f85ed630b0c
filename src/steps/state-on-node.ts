import { render } from '../domain/command.ts';
import { SaltFailed } from '../domain/failure.ts';
import type { Step } from '../domain/step.ts';
import type { StepWorld } from './step-world.ts';

/** Runs the step's Salt states on its node, exactly as the plan shows them, and throws when they did not all succeed. */
export async function runStates(
  step: Step & { readonly node: string },
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  for (const { command } of step.commands) {
    const answer = await world.salt.call(world.accessTo(step.node), command, signal);
    if (answer.is !== 'ok') throw new SaltFailed(step.node, render(command), answer);
  }
}
