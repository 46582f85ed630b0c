import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 50;

/** Polls until the condition is true; false after the limit. Rejects when the signal is aborted. */
export async function becomesTrue(
  look: () => boolean | Promise<boolean>,
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (await look()) return true;
    if (performance.now() >= end) return false;
    await pause(EVERY_MS, undefined, { signal });
  }
}

/** Waits for a promise to settle, up to the limit; returns whether it did. */
export async function endsWithin(ending: Promise<unknown>, limitMs: number): Promise<boolean> {
  const late = new AbortController();
  const limit = pause(limitMs, false, { signal: late.signal }).catch(() => false);
  try {
    return await Promise.race([ending.then(() => true), limit]);
  } finally {
    late.abort();
  }
}
