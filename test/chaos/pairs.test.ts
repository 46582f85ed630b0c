import { expect, it } from 'vitest';
import type { Disturbance } from './disturbances/disturbance.ts';
import { randomPairs } from './disturbances/pairs.ts';

const kind = (name: string): readonly Disturbance[] =>
  Array.from({ length: 9 }, (_, n) => ({ name: `${name}-${n}`, end: { state: 'done' } }));
const KINDS = ['worker', 'bot', 'redis'].map(kind);
const drawn = (seed: string, count = 12) => randomPairs(KINDS, count, seed).map(({ name }) => name);

it('draws the same pairs again for the seed of a run, and other pairs for another seed', () => {
  expect(drawn('a1b2c3')).toEqual(drawn('a1b2c3'));
  expect(drawn('a1b2c3').filter((name) => drawn('d4e5f6').includes(name))).not.toHaveLength(12);
});

it('draws as many pairs as a run wants, each of two kinds', () => {
  expect(drawn('a1b2c3', 300)).toHaveLength(300);
  for (const name of drawn('a1b2c3', 300)) {
    const [, one, other] = /^pair: (\w+)-\d \+ (\w+)-\d$/.exec(name) ?? [];
    expect([one, other]).not.toContain(undefined);
    expect(one).not.toBe(other);
  }
});
