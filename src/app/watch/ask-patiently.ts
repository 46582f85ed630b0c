import { Unreachable } from '../../domain/answers/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { inParallel } from '../../steps/world/served-images.ts';

/** Half a minute without any answer: a registry that restarts is back by then. */
const TRIES = 7;
const PAUSE_MS = 5_000;
/** So many failures in a row, and the rest is not asked for until the next try. */
const MOST_IN_A_ROW = 6;

/** What answered, and what did not in the end. */
export interface Patience<T, R> {
  readonly answers: ReadonlyMap<T, R>;
  /** The last failure; null if everything answered. */
  readonly away: Unreachable | null;
}

/** Asks for every item, a few at a time, and again for those that did not answer, until nothing answers any more. Throws when aborted. */
export async function askPatiently<T, R>(
  items: readonly T[],
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
  ask: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<Patience<T, R>> {
  const answers = new Map<T, R>();
  for (let failures = 0; ; ) {
    const left = items.filter((item) => !answers.has(item));
    const away = await askOnce(left, answers, signal, ask);
    if (away === null) return { answers, away };
    failures = items.length - answers.size < left.length ? 1 : failures + 1;
    if (failures >= TRIES) return { answers, away };
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** The last failure; null if everything answered. */
async function askOnce<T, R>(
  items: readonly T[],
  answers: Map<T, R>,
  signal: AbortSignal,
  ask: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<Unreachable | null> {
  let [away, inARow]: [Unreachable | null, number] = [null, 0];
  const one = async (item: T, until: AbortSignal): Promise<void> => {
    if (inARow >= MOST_IN_A_ROW) return;
    try {
      answers.set(item, await ask(item, until));
      inARow = 0;
    } catch (error) {
      until.throwIfAborted();
      if (!(error instanceof Unreachable)) throw error;
      away = error;
      inARow += 1;
    }
  };
  await inParallel(items, signal, one);
  return away;
}
