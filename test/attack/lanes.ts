import { seededRandom, shuffled } from '../harness/trials/random.ts';
import type { Attack, Family, StageAttack } from './attack.ts';

/** The families in the order that the seed draws, the last one last; as they are written without a seed. */
export function inOrder(families: readonly Family[], seed: string | null): readonly Family[] {
  if (seed === null) return families;
  return [...shuffled(families.slice(0, -1), seededRandom(`attacks ${seed}`)), ...families.slice(-1)];
}

/**
 * Deals families over at most so many sandboxes, each whole to the lane that has the fewest attacks so far, and in order within a
 * lane. Empty lanes are left out.
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
