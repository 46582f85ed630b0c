import { CommandFailed, isOfTheCluster, notConfirmed, outOfSight, Unreachable } from '../../domain/answers/failure.ts';
import type { SwitchFacts } from '../../domain/cluster/registry.ts';
import { type Command, shellQuote } from '../../domain/node-commands/command.ts';
import { disarm, LOOK_AT_SWITCH, restore, switchIn } from '../../domain/node-commands/drill-commands.ts';
import { hasExited, isOutOfSight } from '../../domain/node-commands/ended.ts';
import { REGISTRY_MANIFEST } from '../../domain/node-commands/undo-commands.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Salt } from '../../ports/salt.ts';

const AGAIN_MS = 1_000;

/** The switch as the node says. Throws unless it could be read. */
export async function lookAtSwitch(node: string, salt: Salt, signal: AbortSignal): Promise<SwitchFacts> {
  const result = await salt.run(node, LOOK_AT_SWITCH, signal);
  const seen = hasExited(result) ? switchIn(result.stdout) : null;
  if (seen !== null) return seen;
  throw isOutOfSight(result.ended) ? outOfSight(node, result) : new CommandFailed(node, LOOK_AT_SWITCH, result);
}

/** Salt and the API server may restart while the registry is away; its switch is longer. */
const PATIENCE_MS = 30_000;

/** Asks again while Salt or the node cannot be reached, for half a minute. */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  { clock, throwIfCancelled }: { readonly clock: Clock; readonly throwIfCancelled: () => void },
  signal: AbortSignal,
): Promise<T> {
  const until = clock.steadyMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !(error instanceof Unreachable) || clock.steadyMs() >= until) throw error;
      throwIfCancelled();
      await clock.sleep(AGAIN_MS, signal);
    }
  }
}

/** The manifest that a drill keeps aside, and how to put it back. */
export interface AwayRegistry {
  readonly node: string;
  readonly aside: string;
}

/** The switch as the node says, asked again while nobody answers. */
export const lookPatiently = (
  node: string,
  world: { readonly salt: Salt; readonly clock: Clock; readonly throwIfCancelled: () => void },
  signal: AbortSignal,
): Promise<SwitchFacts> => askPatiently(() => lookAtSwitch(node, world.salt, signal), world, signal);

/** Runs a command on the node. Returns null if it exited with 0, else why not; Unreachable if its end is unknown. */
export async function sent(
  node: string,
  command: Command,
  salt: Pick<Salt, 'run'>,
  signal: AbortSignal,
): Promise<CommandFailed | Unreachable | null> {
  const result = await salt.run(node, command, signal).catch((error: unknown) => {
    if (error instanceof Unreachable) return error;
    throw error;
  });
  if (result instanceof Unreachable) return result;
  if (isOutOfSight(result.ended)) return outOfSight(node, result);
  return hasExited(result) ? null : new CommandFailed(node, command, result);
}

interface BackTools {
  readonly salt: Salt;
  readonly clock: Clock;
  /** Called with why it is not back yet. */
  readonly onWait: (says: string) => void;
}

/** Puts the manifest back until the node confirms it. A newer manifest stays. Throws `not-confirmed` after `limitMs`. */
export const putManifestBack = (away: AwayRegistry, tools: BackTools, limitMs: number, signal: AbortSignal) =>
  untilTold(away, tools, limitMs, signal, async () => {
    await tools.salt.run(away.node, restore(away.aside), signal);
    const { aside, hasManifest } = await lookAtSwitch(away.node, tools.salt, signal);
    if (aside.includes(away.aside)) return `${away.aside} is still there.`;
    return hasManifest ? null : `${REGISTRY_MANIFEST} is not there, and ${away.aside} neither.`;
  });

/** Removes the switch until the node confirms it; never before the manifest is back. */
export const removeSwitch = (away: AwayRegistry, tools: BackTools, limitMs: number, signal: AbortSignal) =>
  untilTold(away, tools, limitMs, signal, async () => {
    const removed = await tools.salt.run(away.node, disarm(away.aside), signal);
    // Salt may run the command that takes the manifest away late: its answer was lost.
    if (!hasExited(removed)) await tools.salt.run(away.node, restore(away.aside), signal);
    const { hasUnits, armed } = await lookAtSwitch(away.node, tools.salt, signal);
    return hasUnits && armed?.aside === away.aside ? 'The timer registry-ha-restore is still there.' : null;
  });

/** Repeats until `attempt` finds nothing wrong. What could not be read counts as not done. */
async function untilTold(
  { node, aside }: AwayRegistry,
  { clock, onWait }: BackTools,
  limitMs: number,
  signal: AbortSignal,
  attempt: () => Promise<string | null>,
): Promise<void> {
  const until = clock.steadyMs() + limitMs;
  for (;;) {
    const wrong = await attempt().catch((error: unknown) => {
      if (signal.aborted || !isOfTheCluster(error)) throw error;
      return error.report().what;
    });
    if (wrong === null) return;
    if (clock.steadyMs() >= until)
      throw notConfirmed(node, `The drill could not be ended: ${wrong}`, byHand(node, aside));
    onWait(`The registry of ${node} is being put back: ${wrong} Retrying.`);
    await clock.sleep(AGAIN_MS, signal);
  }
}

const byHand = (node: string, aside: string): string =>
  `The timer registry-ha-restore on ${node} puts it back by itself (\`systemctl list-timers\`). By hand: \`mv -nT ${shellQuote(aside)} ${REGISTRY_MANIFEST}\``;
