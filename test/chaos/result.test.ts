import { describe, expect, it } from 'vitest';
import { chaosResult } from './result.ts';
import { Recoveries } from './stage/recovery.ts';

const fine = { name: 'a', isPassed: true };
const broken = { name: 'b', isPassed: false };

function resultOf(verdicts: readonly (typeof fine)[], recoveries = new Recoveries()) {
  const said: string[] = [];
  const printed: string[] = [];
  const say = (line: string) => void said.push(line);
  const code = chaosResult(verdicts, recoveries, { json: true, say, print: (line) => void printed.push(line) });
  return { code, said: said.join('\n'), json: JSON.parse(printed.join('')) };
}

describe('the result of npm run chaos', () => {
  it('counts survived scenarios, names the others, and returns 1 for them', () => {
    expect(resultOf([fine]).code).toBe(0);
    const { code, said, json } = resultOf([fine, broken]);
    expect(code).toBe(1);
    expect(said).toContain('1 of 2 scenarios survived.\nnot survived: b');
    expect(json).toEqual({ scenarios: 2, survived: 1, failed: ['b'], recovery_seconds: {} });
  });

  it('shows the longest recovery with its goal, and returns 1 for a missed goal', () => {
    const recoveries = new Recoveries();
    recoveries.note('Redis back → next act', 'first', 0.5);
    expect(resultOf([fine], recoveries)).toMatchObject({ code: 0, said: expect.stringContaining('goal 3 s: met') });
    recoveries.note('Redis back → next act', 'second', 3.25);
    const { code, said, json } = resultOf([fine], recoveries);
    expect(code).toBe(1);
    expect(said).toContain('at most 3.3 s, goal 3 s: MISSED (2 times; longest in second)');
    expect(json.recovery_seconds).toEqual({ 'Redis back → next act': 3.25 });
  });
});
