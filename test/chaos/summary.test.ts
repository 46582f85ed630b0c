import { describe, expect, it } from 'vitest';
import { Recoveries } from './recovery.ts';
import { summed } from './summary.ts';

interface End {
  readonly name: string;
  readonly complaints: readonly string[];
}

const fine: End = { name: 'a', complaints: [] };
const broken: End = { name: 'b', complaints: ['cards lie'] };

function told(played: readonly End[], recoveries = new Recoveries()) {
  const said: string[] = [];
  const printed: string[] = [];
  const say = (line: string) => void said.push(line);
  const code = summed(played, recoveries, { json: true, say, print: (line) => void printed.push(line) });
  return { code, said: said.join('\n'), json: JSON.parse(printed.join('')) };
}

describe('the end of npm run chaos', () => {
  it('counts what was survived, names what was not, and gives 1 for it', () => {
    expect(told([fine]).code).toBe(0);
    const { code, json } = told([fine, broken]);
    expect(code).toBe(1);
    expect(json).toEqual({ scenarios: 2, survived: 1, failed: ['b'], recovery_seconds: {} });
  });

  it('tells the longest recovery with its goal, and gives 1 for a goal that was missed', () => {
    const recoveries = new Recoveries();
    recoveries.note('Redis back → next act', 'first', 0.5);
    expect(told([fine], recoveries)).toMatchObject({ code: 0, said: expect.stringContaining('goal 3 s: met') });
    recoveries.note('Redis back → next act', 'second', 3.25);
    const { code, said, json } = told([fine], recoveries);
    expect(code).toBe(1);
    expect(said).toContain('at most 3.3 s, goal 3 s: MISSED (2 times; longest in second)');
    expect(json.recovery_seconds).toEqual({ 'Redis back → next act': 3.25 });
  });
});
