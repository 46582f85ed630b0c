import { seededRandom } from '../../harness/trials/random.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import type { Disturbance } from './disturbance.ts';

/** How many pairs a run draws unless it is told otherwise. */
export const USUAL_PAIRS = 10;

/** Two disturbances of different kinds at once, chosen by the seed. */
export function randomPairs(
  kinds: readonly (readonly Disturbance[])[],
  count: number,
  seed: string,
): readonly Disturbance[] {
  const random = seededRandom(`pairs ${seed}`);
  const drawn = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  return Array.from({ length: count }, () => {
    const kind = drawn(kinds);
    const [a, b] = [drawn(kind ?? []), drawn(drawn(kinds.filter((other) => other !== kind)) ?? [])];
    return a === undefined || b === undefined ? [] : [both(a, b)];
  }).flat();
}

/** What a judge must know of either: a pair of which one loses a card loses it, too. */
function allowances(a: Disturbance, b: Disturbance): Partial<Disturbance> {
  const pace = Math.max(a.pace ?? 0, b.pace ?? 0);
  return {
    lostCards: (a.lostCards ?? 0) + (b.lostCards ?? 0),
    repeats: (a.repeats ?? 0) + (b.repeats ?? 0),
    setsClocks: a.setsClocks === true || b.setsClocks === true,
    ...(pace === 0 ? {} : { pace }),
  };
}

function both(a: Disturbance, b: Disturbance): Disturbance {
  const inTurn = (part: 'before' | 'planned') => async (stage: ChaosStage) => {
    await a[part]?.(stage);
    await b[part]?.(stage);
  };
  return {
    name: `pair: ${a.name} + ${b.name}`,
    end: { state: 'done' },
    ...allowances(a, b),
    isMeasured: false,
    before: inTurn('before'),
    planned: inTurn('planned'),
    strike: async (stage) => {
      await Promise.all([a.strike?.(stage), b.strike?.(stage)]);
    },
  };
}
