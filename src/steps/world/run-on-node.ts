import { CommandFailed, outOfSight, Unreachable } from '../../domain/answers/failure.ts';
import type { Command, CommandResult } from '../../domain/node-commands/command.ts';
import { exit, hasExited, isOutOfSight } from '../../domain/node-commands/ended.ts';
import type { StepWorld } from './step-world.ts';
import { pauseUnlessCancelled, waitingNote } from './wait.ts';

const COMMAND_LIMIT_MS = 60_000;
/** Longer than a restart of the node's sshd. */
const AWAY_LIMIT_MS = 120_000;
const AWAY_PAUSE_MS = 5_000;

/** Runs the planned command and returns its result. Without a result it runs again, unless `isSo` finds its work done. Throws Unreachable. */
export async function runOnNode(
  node: string,
  command: Command,
  isSo: () => Promise<boolean>,
  world: StepWorld,
  signal: AbortSignal,
): Promise<CommandResult> {
  const until = world.clock.steadyMs() + AWAY_LIMIT_MS;
  for (;;) {
    const answer = await answerOf(node, command, world, signal);
    if (!(answer instanceof Unreachable)) return answer;
    if (world.clock.steadyMs() >= until) throw answer;
    world.throwIfCancelled();
    world.onProgress(waitingNote(`${answer.says} Retrying.`));
    await pauseUnlessCancelled(AWAY_PAUSE_MS, world, signal);
    if (await isSo()) return { ended: exit(0), stdout: '', stderr: '' };
  }
}

/** Like `runOnNode`, but throws CommandFailed unless the command exits with 0. */
export async function mustRunOnNode(
  node: string,
  command: Command,
  isSo: () => Promise<boolean>,
  world: StepWorld,
  signal: AbortSignal,
): Promise<void> {
  const result = await runOnNode(node, command, isSo, world, signal);
  if (!hasExited(result)) throw new CommandFailed(node, command, result);
}

async function answerOf(
  node: string,
  command: Command,
  world: StepWorld,
  signal: AbortSignal,
): Promise<CommandResult | Unreachable> {
  try {
    const result = await world.shell.run(world.accessTo(node), command, { signal, limitMs: COMMAND_LIMIT_MS });
    return isOutOfSight(result.ended) ? outOfSight(node, result) : result;
  } catch (error) {
    if (error instanceof Unreachable && error.fault === 'unreachable') return error;
    throw error;
  }
}
