import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { cancels } from './cancels.ts';
import { clockDisturbances } from './clocks.ts';
import { lastingFaults, passingFaults, refusals } from './cluster.ts';
import type { Disturbance } from './disturbance.ts';
import { drillDisturbances } from './drills/drills.ts';
import { rollingDisturbances } from './engines/rolling.ts';
import { bothKilled, botKills, killsOfLongRuns, workerKills } from './kills.ts';
import { randomPairs } from './pairs.ts';
import { redisDisturbances } from './redis.ts';
import { registryDisturbances } from './registries.ts';
import { slackDisturbances } from './slack.ts';
import { stops } from './stops.ts';
import { twins } from './twins.ts';
import { undoDisturbances } from './undo.ts';

const thatEndWell = (all: readonly Disturbance[]) => all.filter(({ end }) => end.state === 'done');

/** Every scenario, for the journal lines of an undisturbed run; the seed draws this many pairs. */
export function disturbances(undisturbed: readonly ChangeEvent[], seed: string, pairs: number): readonly Disturbance[] {
  const workers = workerKills(undisturbed);
  const bots = botKills(undisturbed);
  const redis = redisDisturbances(undisturbed);
  const passing = passingFaults();
  const slack = slackDisturbances();
  const redisKills = redis.filter(({ name }) => name.startsWith('redis-killed'));
  return [
    ...workers,
    ...killsOfLongRuns(),
    ...bots,
    ...bothKilled(undisturbed),
    ...redis,
    ...twins(),
    ...stops(),
    ...cancels(),
    ...passing,
    ...lastingFaults(),
    ...refusals(),
    ...slack,
    ...clockDisturbances(),
    ...undoDisturbances(),
    ...registryDisturbances(),
    ...rollingDisturbances(),
    ...drillDisturbances(),
    ...randomPairs([workers, bots, redisKills, passing].map(thatEndWell), pairs, seed),
  ];
}
