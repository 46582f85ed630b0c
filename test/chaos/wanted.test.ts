import { describe, expect, it } from 'vitest';
import { wantedOf } from './wanted.ts';

const all = [
  'worker-killed-in-copy',
  'worker-killed-in-copy-and-later',
  'exec-cut-1',
  'exec-cut-137',
  'pair: exec-cut-1 + x',
];
const named = (words: string) =>
  wantedOf(
    all.map((name) => ({ name })),
    words,
  ).map(({ name }) => name);

describe('npm run chaos -- --only', () => {
  it('plays the one scenario of exactly this name, as the line under a failure says', () => {
    expect(named('exec-cut-1')).toEqual(['exec-cut-1']);
    expect(named('pair: exec-cut-1 + x')).toEqual(['pair: exec-cut-1 + x']);
  });

  it('else plays every one whose name holds the word, pairs only for a word that begins so', () => {
    expect(named('exec')).toEqual(['exec-cut-1', 'exec-cut-137']);
    expect(named('pair')).toEqual(['pair: exec-cut-1 + x']);
    expect(named('exec-cut-137|killed')).toHaveLength(3);
  });

  it('plays all without a word', () => expect(named('')).toEqual(all));
});
