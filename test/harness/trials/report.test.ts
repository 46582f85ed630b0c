import { describe, expect, it } from 'vitest';
import { playEach } from './play-each.ts';
import { summarize } from './report.ts';
import { short, verdictLines } from './verdict.ts';

const WORDS = { of: 'attacks', passed: 'stopped', failed: 'through' } as const;

function summaryOf(passed: readonly boolean[], json: boolean) {
  const lines: string[] = [];
  const printed: string[] = [];
  const verdicts = passed.map((isPassed, n) => ({ name: `attack-${n}`, isPassed }));
  const code = summarize(verdicts, WORDS, {
    json,
    say: (line) => lines.push(line),
    print: (line) => printed.push(line),
  });
  return { code, lines, printed };
}

describe('a summary', () => {
  it('returns 0 only if every trial passed, and names the others', () => {
    expect(summaryOf([true, true], false)).toEqual({ code: 0, lines: ['2 of 2 attacks stopped.'], printed: [] });
    expect(summaryOf([true, false], false)).toMatchObject({
      code: 1,
      lines: [expect.any(String), 'not stopped: attack-1'],
    });
  });

  it('is one JSON line with the suite’s keys', () => {
    const [line = ''] = summaryOf([true, false], true).printed;
    expect(JSON.parse(line)).toEqual({ attacks: 2, stopped: 1, through: ['attack-1'] });
  });
});

describe('a verdict', () => {
  const verdict = { name: 'a', isPassed: false, word: 'FAILED', seconds: 1.25, says: 'why', details: ['more'] };

  it('ends with the command to run it alone, but only if it failed', () => {
    expect(verdictLines(verdict, 'npm run x')).toEqual([
      expect.stringMatching(/^FAILED {6}1\.\d s {2}a +why$/),
      '         more',
      '         Run it alone: npm run x',
    ]);
    expect(verdictLines({ ...verdict, isPassed: true }, 'npm run x')).toHaveLength(1);
  });

  it('is one short line, whatever the evidence contains', () => {
    expect(short('two\nlines\u001b[31m')).toBe('two lines [31m');
    expect(short('abcdef', 4)).toBe('abc…');
  });
});

describe('parallel trials', () => {
  it('never exceed the limit, and all are run', async () => {
    let now = 0;
    let most = 0;
    const { signal } = new AbortController();
    const played = await playEach([1, 2, 3, 4, 5], { atOnce: 2, signal }, async (n) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return n;
    });
    expect(most).toBe(2);
    expect(played.toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('end when the signal is aborted', async () => {
    const playing = playEach([1], { atOnce: 1, signal: AbortSignal.abort(new Error('stopped')) }, async (n) => n);
    await expect(playing).rejects.toThrow('stopped');
  });
});
