import type { Finding, StepWorld } from './step-world.ts';

type Waiting = Pick<StepWorld, 'clock' | 'cancelled' | 'throwIfCancelled' | 'onProgress'>;

/** How long a wait may take, and how often it checks. */
export interface WaitLimits {
  readonly limitMs: number;
  readonly everyMs: number;
  /** For the card, from what the last check said; default: where, what, and that the step waits. */
  readonly note?: (says: string) => string;
}

/**
 * Repeats the check until it is satisfied or the limit is reached, and shows what it saw. Returns the last finding. A check changes
 * nothing, so a cancel ends the wait at once, also within a check, which is given the signal for it.
 */
export async function waitUntilSatisfied<P>(
  check: (signal: AbortSignal) => Promise<Finding<P>>,
  { limitMs, everyMs, note }: WaitLimits,
  world: Waiting,
  signal: AbortSignal,
): Promise<Finding<P>> {
  const until = world.clock.steadyMs() + limitMs;
  const readUntil = orCancelled(world, signal);
  for (;;) {
    world.throwIfCancelled();
    const finding = await cancelFirst(check(readUntil), world);
    if (finding.is === 'satisfied' || world.clock.steadyMs() >= until) return finding;
    const { says, where } = finding;
    world.onProgress(waitingNote(note?.(says) ?? `${where === undefined ? '' : `${where}: `}${says} Waiting.`));
    await pauseUnlessCancelled(everyMs, world, signal);
  }
}

/** Sleeps where a step can stop safely. Throws at once if a person requests a cancel. */
export const pauseUnlessCancelled = (
  ms: number,
  world: Pick<StepWorld, 'clock' | 'cancelled' | 'throwIfCancelled'>,
  signal: AbortSignal,
): Promise<void> => cancelFirst(world.clock.sleep(ms, orCancelled(world, signal)), world);

/** Progress of a step that waits. */
export const waitingNote = (note: string) => ({ done: 0, total: 0, unit: 'wait', note }) as const;

/** Aborts with a cancel, too: for what changes nothing. */
export const orCancelled = ({ cancelled }: Pick<StepWorld, 'cancelled'>, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, cancelled]);

/** The result of the work, which failed because of a cancel if there is one. */
export async function cancelFirst<T>(
  work: Promise<T>,
  { throwIfCancelled }: Pick<StepWorld, 'throwIfCancelled'>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throwIfCancelled();
    throw error;
  }
}
