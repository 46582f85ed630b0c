import { seededRandom, shuffled } from '../harness/trials/random.ts';
import type { Attack, Family, StageAttack } from './attack.ts';

/** The families in random order by the seed, with the last one last; in written order without a seed. */
export function inOrder(families: readonly Family[], seed: string | null): readonly Family[] {
  if (seed === null) return families;
  return [...shuffled(families.slice(0, -1), seededRandom(`attacks ${seed}`)), ...families.slice(-1)];
}

/**
 * Distributes families over at most `lanes` sandboxes: each family whole, to the lane with the fewest attacks so far.
 * Keeps the order within a lane and leaves out empty lanes.
 */
export function dealt(families: readonly Family[], lanes: number): readonly (readonly StageAttack[])[] {
  const dealing = Array.from({ length: lanes }, (): StageAttack[] => []);
  for (const family of families) {
    const [fewest] = dealing.toSorted((a, b) => a.length - b.length);
    fewest?.push(...family.filter(isOnStage));
  }
  return dealing.filter((lane) => lane.length > 0);
}

const isOnStage = (attack: Attack): attack is StageAttack => attack.on !== 'part';
