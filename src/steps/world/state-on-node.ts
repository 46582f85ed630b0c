import { SaltFailed, Unreachable } from '../../domain/answers/failure.ts';
import type { SaltReturn } from '../../domain/cluster/salt.ts';
import { type Command, render } from '../../domain/node-commands/command.ts';
import type { StepShared } from '../../domain/plan/step-shared.ts';
import type { Finding, StepRuns, StepWorld } from './step-world.ts';

/** A state run that was lost from sight, or stands in the way, ends within this, or a person has to look. */
const BUSY_LIMIT_MS = 15 * 60_000;
const BUSY_POLL_MS = 3_000;
/** The Salt master's pod comes back from a restart in less. */
const AWAY_LIMIT_MS = 120_000;
const AWAY_PAUSE_MS = 5_000;
/** Runs of one command: states are idempotent, but nobody wants them for ever. */
const RUNS = 3;

type NodeStep = StepShared & { readonly node: string };

/**
 * Runs the step's Salt states on its node, exactly as the plan shows them. A run that ended is believed by its result only, also
 * when another worker started it. One whose end nobody knows (killed, the node rebooted) is looked for by other ways, and `isSo`
 * tells whether it did its work; one that could not begin (another run in progress, no master) is run again. Throws SaltFailed or
 * Unreachable.
 */
export async function runStates(
  step: NodeStep,
  world: StepWorld,
  signal: AbortSignal,
  isSo: () => Promise<Finding>,
): Promise<void> {
  for (const [index, { command }] of step.commands.entries())
    await runState({ command, name: runNameOf(index, world) }, step, world, signal, isSo);
}

/** Removes what the step's state runs have left on the node, once it is recorded done; of a failed one a person may want to read it. */
export async function forgetStates(step: NodeStep, world: StepRuns, signal: AbortSignal): Promise<void> {
  for (const [index, { command }] of step.commands.entries())
    await world.salt.forget(world.accessTo(step.node), command, runNameOf(index, world), signal);
}

const runNameOf = (index: number, { runName }: StepRuns): string => `${runName}.${index}`;

/** One command of the step, and the name its run is found by. */
interface NamedCommand {
  readonly command: Command;
  readonly name: string;
}

async function runState(
  named: NamedCommand,
  step: NodeStep,
  world: StepWorld,
  signal: AbortSignal,
  isSo: () => Promise<Finding>,
): Promise<void> {
  for (let runs = 1; ; runs += 1) {
    const answer = await callWhenReachable(named, runs > 1, step, world, signal);
    if (answer.is === 'ok') return;
    const mayPass =
      answer.is === 'conflict' || answer.is === 'lost' || (answer.is === 'not-run' && answer.why === 'pillar');
    if (!mayPass || runs >= RUNS) throw new SaltFailed(step.node, render(named.command), answer);
    await waitUntilFree(step.node, answer, world, signal);
    if (answer.is === 'lost' && (await isSo()).is === 'satisfied') return;
  }
}

/** Calls again while nothing could be started: no master, or no way to the node. */
async function callWhenReachable(
  named: NamedCommand,
  isRepeated: boolean,
  step: NodeStep,
  world: StepWorld,
  signal: AbortSignal,
): Promise<SaltReturn> {
  const until = world.clock.steadyMs() + AWAY_LIMIT_MS;
  let again = isRepeated;
  for (;;) {
    const answer = await callOrUnreachable(named, again, step, world, signal);
    if (!(answer instanceof Unreachable) && answer.is !== 'master-down') return answer;
    if (world.clock.steadyMs() >= until) {
      throw answer instanceof Unreachable ? answer : new SaltFailed(step.node, render(named.command), answer);
    }
    again ||= !(answer instanceof Unreachable);
    world.throwIfCancelled();
    world.onProgress(waiting(`${answer.says} Trying again.`));
    await world.clock.sleep(AWAY_PAUSE_MS, signal);
  }
}

async function callOrUnreachable(
  { command, name }: NamedCommand,
  again: boolean,
  step: NodeStep,
  world: StepWorld,
  signal: AbortSignal,
): Promise<SaltReturn | Unreachable> {
  try {
    const onWait = (says: string) => world.onProgress(waiting(says));
    return await world.salt.call(world.accessTo(step.node), command, { name, again, onWait }, signal);
  } catch (error) {
    // Thrown before the command was sent: nothing runs on the node.
    if (error instanceof Unreachable && error.fault === 'unreachable') return error;
    throw error;
  }
}

async function waitUntilFree(node: string, answer: SaltReturn, world: StepWorld, signal: AbortSignal): Promise<void> {
  const until = world.clock.steadyMs() + BUSY_LIMIT_MS;
  for (;;) {
    await world.clock.sleep(BUSY_POLL_MS, signal);
    const [run] = (await world.salt.stateRuns(signal)).filter(({ nodes }) => nodes.includes(node));
    if (run === undefined || world.clock.steadyMs() >= until) return;
    if (answer.is !== 'lost') world.throwIfCancelled();
    const what = answer.is === 'lost' ? 'The end of the state run is not known; waiting for' : 'Waiting for';
    world.onProgress(waiting(`${what} ${run.fun} on ${node} (jid ${run.jid}).`));
  }
}

const waiting = (note: string) => ({ done: 0, total: 0, unit: 'wait', note }) as const;
