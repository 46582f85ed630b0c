import { SaltFailed, Unreachable } from '../../domain/answers/failure.ts';
import type { SaltReturn, StateRuns } from '../../domain/cluster/salt.ts';
import { type Command, render } from '../../domain/node-commands/command.ts';
import type { StepShared } from '../../domain/plan/step-shared.ts';
import { RUNS_ALONE, type Together } from './step-plug.ts';
import type { Finding, StepRuns, StepWorld } from './step-world.ts';
import { pauseUnlessCancelled, waitingNote } from './wait.ts';

/** How long to wait for a state run that blocks the step, or whose result is unknown. After that, a person must check. */
const BUSY_LIMIT_MS = 15 * 60_000;
const BUSY_POLL_MS = 3_000;
/** Longer than a restart of the Salt master's pod. */
const AWAY_LIMIT_MS = 120_000;
const AWAY_PAUSE_MS = 5_000;
/** Attempts for one command. States are idempotent, but must not be retried forever. */
const MOST_RUNS = 3;

type NodeStep = StepShared & { readonly node: string };

/**
 * Runs the step's Salt states on its node, exactly as the plan shows them. Only a run's result counts, also if another worker started
 * it. If the result is unknown (killed, or the node rebooted), `isSo` checks whether the work is done. A run that could not start
 * (another run in progress, no master) is retried. Throws SaltFailed or Unreachable.
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

/** A minion runs one state at a time, and does not wait for those of other nodes. */
const ON_ITS_NODE: Together = { says: 'Salt states on different nodes', sharesNetwork: false };

/** The common parts of a step kind that runs Salt states on one node, and checks their effect with `check`. */
export function saltStates<S extends NodeStep>(
  check: (step: S, world: StepWorld, signal: AbortSignal) => Promise<Finding>,
) {
  const act = (step: S, world: StepWorld, signal: AbortSignal) =>
    runStates(step, world, signal, () => check(step, world, signal));
  return { ...RUNS_ALONE, atOnce: ON_ITS_NODE, check, act, confirm: check, forget: forgetStates };
}

/** Removes the output of the step's state runs from the node once the step is recorded as done. A failed run keeps it for a person. */
async function forgetStates(step: NodeStep, world: StepRuns, signal: AbortSignal): Promise<void> {
  for (const [index, { command }] of step.commands.entries())
    await world.salt.forget(world.accessTo(step.node), command, runNameOf(index, world), signal);
}

const runNameOf = (index: number, { runName }: StepRuns): string => `${runName}.${index}`;

/** One command of the step, and the name of its run. */
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
    const isTransient =
      answer.is === 'conflict' || answer.is === 'lost' || (answer.is === 'not-run' && answer.why === 'pillar');
    if (!isTransient || runs >= MOST_RUNS) throw new SaltFailed(step.node, render(named.command), answer);
    await waitUntilFree(step.node, answer, world, signal);
    if (answer.is === 'lost' && (await isSo()).is === 'satisfied') return;
  }
}

/** Retries while the run cannot be started, because the master or the node is unreachable. */
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
    world.onProgress(waitingNote(`${answer.says} Retrying.`));
    await pauseUnlessCancelled(AWAY_PAUSE_MS, world, signal);
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
    const onWait = (says: string) => world.onProgress(waitingNote(says));
    return await world.salt.call(world.accessTo(step.node), command, { name, again, onWait }, signal);
  } catch (error) {
    // Thrown before the command was sent, so nothing runs on the node.
    if (error instanceof Unreachable && error.fault === 'unreachable') return error;
    throw error;
  }
}

async function waitUntilFree(node: string, answer: SaltReturn, world: StepWorld, signal: AbortSignal): Promise<void> {
  const until = world.clock.steadyMs() + BUSY_LIMIT_MS;
  let knownAt = world.clock.steadyMs();
  for (;;) {
    // A run whose result is unknown may still change the node.
    if (answer.is === 'lost') await world.clock.sleep(BUSY_POLL_MS, signal);
    else await pauseUnlessCancelled(BUSY_POLL_MS, world, signal);
    const told = await world.salt.stateRuns([node], signal);
    const now = world.clock.steadyMs();
    const [run] = told?.runs ?? [];
    const isKnown = told?.answered.includes(node) === true;
    if (isKnown) knownAt = now;
    if ((isKnown && run === undefined) || now >= until || now >= knownAt + AWAY_LIMIT_MS) return;
    if (answer.is !== 'lost') world.throwIfCancelled();
    const unknown = answer.is === 'lost' ? 'The result of the state run is unknown. ' : '';
    const waits = run === undefined ? silentWords(node, told) : `${run.fun} on ${node} (jid ${run.jid})`;
    world.onProgress(waitingNote(`${unknown}Waiting for ${waits}.`));
  }
}

/** A minion that does not answer may still run a state. */
const silentWords = (node: string, told: StateRuns | null): string =>
  told === null ? 'the Salt master to answer' : `the minion of ${node} to answer`;
