import { createHash } from 'node:crypto';

/** Numbers from 0 up to 1 that are the same for the same seed, whatever else draws from another one. */
export function seededRandom(seed: string): () => number {
  let n = 0;
  return () => {
    n += 1;
    return createHash('sha256').update(`${seed} ${n}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}

/** The same members in an order that the draws decide. */
export function shuffled<T>(all: readonly T[], random: () => number): readonly T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
