import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';

const EVERY_MS = 100;

/**
 * Until Slack shows what the record holds: a bot that was killed while it drew a card keeps that card's lease for fifteen seconds,
 * then come the next try and the pause between two edits.
 */
export const SHOWN_LIMIT_MS = 25_000;

/** Looks again and again: null means that it is so, a sentence says what is there instead when the time is over. */
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
    if (clock.steadyMs() >= end) throw new Impossible(`Not within ${waitsMs / 1000} s. ${instead}`);
    await clock.sleep(EVERY_MS, signal);
  }
}
