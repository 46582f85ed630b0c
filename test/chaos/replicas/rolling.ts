import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '../../../sandbox/processes/service.ts';

/** How a replica ends: as in a rolling update, or as in a power cut. */
export type Ending = 'SIGTERM' | 'SIGKILL';

/** When a replica was away: until it was ready again. */
export interface Away {
  readonly from: number;
  readonly to: number;
}

const STOP_LIMIT_MS = 15_000;
const BETWEEN_MS = 1_500;
/** Each replica at least so often, even if people are done earlier. */
const LEAST_ROUNDS = 2;

/** Restarts one replica after the other, each once the one before is ready again, until people are done. */
export async function restartInTurn(
  bots: readonly Service[],
  how: Ending,
  people: AbortSignal,
  signal: AbortSignal,
): Promise<readonly Away[]> {
  const times: Away[] = [];
  for (let round = 0; round < LEAST_ROUNDS || !people.aborted; round += 1) {
    for (const bot of bots) {
      await pause(BETWEEN_MS, undefined, { signal });
      const from = performance.now();
      await (how === 'SIGKILL' ? bot.kill() : bot.stop(STOP_LIMIT_MS));
      await bot.start(signal);
      times.push({ from, to: performance.now() });
    }
  }
  return times;
}
