import { secondsInWords, utc } from '../text/format.ts';
import { type Refusal, refuse } from './refusal.ts';

/** The times of day at one moment, in ms since the epoch. */
export interface Clocks {
  readonly bot: number;
  readonly redis: number;
  readonly worker: number;
}

/** A worker that is further behind sees approvals from the future, which would be valid for too long. NTP keeps clocks within a second. */
export const MOST_BEHIND_MS = 60_000;

/** A worker that is ahead lets approvals expire that much too early. Ten minutes of a plan's hour do no harm. */
const MOST_AHEAD_MS = 10 * 60_000;

/** Refuses while the clocks of bot and worker are too far apart, and says whose is wrong: Redis' clock is the witness. */
export function clocksApart(cluster: string, clocks: Clocks): Refusal | null {
  const ahead = clocks.worker - clocks.bot;
  if (ahead >= -MOST_BEHIND_MS && ahead <= MOST_AHEAD_MS) return null;
  const worker = `the worker of ${cluster}`;
  const agrees = (one: number, other: number): boolean => Math.abs(one - other) <= MOST_BEHIND_MS;
  if (agrees(clocks.redis, clocks.bot))
    return refuse('clock-skew', wrong(worker, ahead, clocks.worker, 'the bot and Redis', clocks.bot), WORKER_NEXT);
  if (agrees(clocks.redis, clocks.worker))
    return refuse('clock-skew', wrong('the bot', -ahead, clocks.bot, `${worker} and Redis`, clocks.worker), BOT_NEXT);
  const each = `the bot’s says ${timeOf(clocks.bot)}, Redis’ says ${timeOf(clocks.redis)}, that of ${worker} says ${timeOf(clocks.worker)}`;
  return refuse('clock-skew', `Three clocks differ: ${each}. ${WHY}`, 'Set all three clocks, then try again.');
}

const WHY = 'Plans and approvals expire by these clocks.';
const WORKER_NEXT =
  'Set the clock of the bootstrap node (`chronyc tracking` shows the offset, `chronyc makestep` sets it), then try again.';
const BOT_NEXT =
  'Set the clock of the computer that runs the bot (`chronyc tracking` shows the offset, `chronyc makestep` sets it), then try again.';

function wrong(whose: string, ahead: number, its: number, others: string, right: number): string {
  const by = `${secondsInWords(Math.abs(ahead) / 1000)} ${ahead < 0 ? 'behind' : 'ahead'}`;
  return `The clock of ${whose} is ${by}: it says ${timeOf(its)}, while ${others} say ${timeOf(right)}. ${WHY}`;
}

const timeOf = (ms: number): string => utc(new Date(ms).toISOString());
