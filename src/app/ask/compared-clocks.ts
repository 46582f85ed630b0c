import { clocksApart } from '../../domain/answers/clocks.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import { isHeard, SLOW_ANSWER_MS, workerState } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';

/** Refuses while the clocks of bot and worker are too far apart; null also when the worker is silent, or nobody knows. */
export async function refuseClocksApart(
  cluster: string,
  { worker, clock }: { readonly worker: Heartbeat; readonly clock: Clock },
): Promise<Refusal | null> {
  const from = clock.steadyMs();
  const seen = await worker.seen();
  const tookMs = clock.steadyMs() - from;
  const bot = clock.now().getTime() - tookMs / 2;
  if (!isHeard(seen) || seen.workerAheadMs === null) return null;
  if (tookMs > SLOW_ANSWER_MS || workerState(seen).is === 'silent') return null;
  const redis = Date.parse(seen.heardAt) + seen.silentMs;
  return clocksApart(cluster, { bot, redis, worker: redis + seen.workerAheadMs });
}
