import type { Clock } from '../../ports/clock.ts';
import type { Finding } from './step-world.ts';

/** Repeats the check until it is satisfied or the limit is reached. Returns the last finding. */
export async function waitUntilSatisfied<P>(
  check: () => Promise<Finding<P>>,
  limits: { readonly limitMs: number; readonly everyMs: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding<P>> {
  const until = clock.steadyMs() + limits.limitMs;
  for (;;) {
    const finding = await check();
    if (finding.is === 'satisfied' || clock.steadyMs() >= until) return finding;
    await clock.sleep(limits.everyMs, signal);
  }
}
