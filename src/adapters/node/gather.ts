import { outOfSight } from '../../domain/answers/failure.ts';
import type { NodeAccess } from '../../domain/cluster/facts.ts';
import { type Command, type CommandResult, render } from '../../domain/node-commands/command.ts';
import { hasExited, isOutOfSight } from '../../domain/node-commands/ended.ts';
import { gatheredIn, gathering } from '../../domain/node-commands/look-commands.ts';
import { asUser } from '../../domain/node-commands/salt-commands.ts';
import type { NodeRun, NodeShell } from '../../ports/nodes.ts';

/** Answers by the command as it is written. */
export type Gathered = ReadonlyMap<string, CommandResult>;

/**
 * Runs commands that only look in one session. Nothing is gathered where that does not work: each is then asked alone, and a failure
 * names its command. Throws Unreachable when the connection is lost.
 */
export async function gather(
  shell: NodeShell,
  access: NodeAccess,
  probes: readonly Command[],
  options: NodeRun,
): Promise<Gathered> {
  const once = [...new Map(probes.map((probe) => [render(probe), probe])).values()];
  const result = await shell.run(access, asUser(access, gathering(once)), options);
  if (isOutOfSight(result.ended)) throw outOfSight(access.node, result);
  const answers = hasExited(result) ? gatheredIn(result.stdout, once.length) : null;
  return new Map((answers ?? []).map((answer, at) => [render(once[at] ?? gathering([])), answer]));
}
