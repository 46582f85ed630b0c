import type { Clock } from '../../ports/clock.ts';
import type { Finding } from './step-world.ts';

/** Looks again and again until it is so, or the limit is reached; gives the last finding. */
export async function waitUntilSo<P>(
  look: () => Promise<Finding<P>>,
  limits: { readonly limitMs: number; readonly everyMs: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding<P>> {
  const until = clock.steadyMs() + limits.limitMs;
  for (;;) {
    const finding = await look();
    if (finding.is === 'satisfied' || clock.steadyMs() >= until) return finding;
    await clock.sleep(limits.everyMs, signal);
  }
}
