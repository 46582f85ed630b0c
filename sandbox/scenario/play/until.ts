import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';

const EVERY_MS = 100;

/**
 * How long Slack may lag behind the record: a killed bot holds a card's lease for 15 s; then come the next retry and
 * the pause between edits.
 */
export const SHOWN_LIMIT_MS = 25_000;

/** Polls a condition that returns null when met. Throws after the limit, with the last reason. */
export async function until(
  look: () => Promise<string | null> | string | null,
  limitMs: number,
  { clock, signal, patience = 1 }: Pick<Performance, 'clock' | 'signal' | 'patience'>,
): Promise<void> {
  const waitsMs = limitMs * patience;
  const end = clock.steadyMs() + waitsMs;
  for (;;) {
    const instead = await look();
    if (instead === null) return;
    if (clock.steadyMs() >= end) throw new Impossible(`Timed out after ${waitsMs / 1000} s. ${instead}`);
    await clock.sleep(EVERY_MS, signal);
  }
}
