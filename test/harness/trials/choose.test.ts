import { describe, expect, it } from 'vitest';
import { choose, unknownSentence } from './choose.ts';

const all = [
  'worker-killed-in-copy',
  'worker-killed-in-copy-and-later',
  'exec-cut-1',
  'exec-cut-137',
  'pair: exec-cut-1 + x',
].map((name) => ({ name }));

const named = (words: string) => {
  const choice = choose(all, words);
  return choice.is === 'chosen' ? choice.trials.map(({ name }) => name) : choice;
};

describe('--only', () => {
  it('selects only the trial with exactly this name, as in the command under a failure', () => {
    expect(named('exec-cut-1')).toEqual(['exec-cut-1']);
    expect(named('pair: exec-cut-1 + x')).toEqual(['pair: exec-cut-1 + x']);
  });

  it('otherwise selects every trial whose name contains the word; pairs only for a word that begins with pair', () => {
    expect(named('exec')).toEqual(['exec-cut-1', 'exec-cut-137']);
    expect(named('pair')).toEqual(['pair: exec-cut-1 + x']);
    expect(named('exec-cut-137|killed')).toHaveLength(3);
  });

  it('selects every trial without a name', () => expect(named('')).toHaveLength(all.length));

  it('reports words that match no trial, even if other words match', () => {
    expect(named('exec|exce|')).toEqual({ is: 'unknown', words: ['exce', ''] });
    expect(unknownSentence(['exce'], 'scenario')).toBe('No scenario is named “exce”. `--list` shows the names.');
  });
});
