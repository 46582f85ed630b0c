import { Impossible } from './impossible.ts';
import type { Performance } from './play.ts';

const EVERY_MS = 100;

/** Looks again and again: null means that it is so, a sentence says what is there instead when the time is over. */
export async function until(
  look: () => Promise<string | null> | string | null,
  limitMs: number,
  { clock, signal }: Pick<Performance, 'clock' | 'signal'>,
): Promise<void> {
  const end = clock.now().getTime() + limitMs;
  for (;;) {
    const instead = await look();
    if (instead === null) return;
    if (clock.now().getTime() >= end) throw new Impossible(`Not within ${limitMs / 1000} s. ${instead}`);
    await clock.sleep(EVERY_MS, signal);
  }
}
