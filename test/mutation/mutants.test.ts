import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { type Mutant, mutate } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { readReport } from './playground.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (file: string): string => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '');

describe('the list of mutants', () => {
  it('fits the code: each text to replace is in its file exactly once', () => {
    const stale = MUTANTS.flatMap((mutant) => {
      const mutated = mutate(textOf(mutant.file), mutant);
      return mutated.is === 'stale' ? [`${mutant.name}: ${mutated.why}`] : [];
    });
    expect(stale).toEqual([]);
  });

  it('names test files that are there', () => {
    const missing = MUTANTS.flatMap(({ tests }) => tests).filter((file) => !file.endsWith('.test.ts') || !textOf(file));
    expect(missing).toEqual([]);
    expect(MUTANTS.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('has a name for each, and breaks something in each', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(MUTANTS.filter(({ find, replace }) => find === replace)).toEqual([]);
    // `--only` separates names with it, and selects what begins with `pair` by that word only.
    expect(MUTANTS.filter(({ name }) => name.includes('|') || name.includes("'") || name.startsWith('pair'))).toEqual(
      [],
    );
  });
});

const mutant: Mutant = { name: 'n', file: 'src/a.ts', find: 'a > b', replace: '$& >= b', tests: ['test/a.test.ts'] };

describe('a mutant', () => {
  it('is put into the text as it is written', () => {
    expect(mutate('if (a > b) c', mutant)).toEqual({ is: 'mutated', text: 'if ($& >= b) c' });
  });

  it.each([
    ['', 0],
    ['a > b; a > b', 2],
  ])('is stale where its text is not there once: “%s”', (text, times) => {
    const why = `The list is stale: \`a > b\` is ${times} times in src/a.ts, and has to be there once`;
    expect(mutate(text, mutant)).toEqual({ is: 'stale', why });
  });

  it.each([
    [{ is: 'failed', by: 'refuses' }, 'killed', 'KILLED'],
    [{ is: 'passed', tests: 3 }, 'SURVIVED', 'survives'],
    [{ is: 'stale', why: 'gone' }, 'STALE', 'STALE'],
    [{ is: 'not-run', why: 'no test ran' }, 'NOT RUN', 'NOT RUN'],
    [{ is: 'timeout', afterMs: 1000 }, 'TIMEOUT', 'TIMEOUT'],
  ] as const)('whose tests end as %j is %s; with a reason to survive it is %s', (ended, word, explained) => {
    const plain = judge(mutant, ended);
    const withReason = judge({ ...mutant, survives: 'It changes nothing.' }, ended);
    expect([plain.word, plain.isPassed]).toEqual([word, word === 'killed']);
    expect([withReason.word, withReason.isPassed]).toEqual([explained, explained === 'survives']);
  });
});

describe('the report of a test run', () => {
  const report = (message: string, ...tests: readonly (readonly [string, string])[]): string =>
    JSON.stringify({
      testResults: [
        { name: '/x/a.test.ts', message, assertionResults: tests.map(([fullName, status]) => ({ fullName, status })) },
      ],
    });

  it('names the first test that failed', () => {
    expect(readReport(report('', ['a', 'passed'], ['b', 'failed'], ['c', 'failed']))).toEqual({
      is: 'failed',
      by: 'b',
    });
    expect(readReport(report('', ['a', 'passed'], ['b', 'skipped']))).toEqual({ is: 'passed', tests: 1 });
  });

  it('proves nothing where no test ran: the mutant could not be loaded', () => {
    expect(readReport(report('SyntaxError'))).toEqual({ is: 'not-run', why: 'a.test.ts: SyntaxError' });
    expect(readReport(report('', ['a', 'skipped']))).toEqual({ is: 'not-run', why: 'no test ran' });
    expect(readReport('')).toEqual({ is: 'not-run', why: 'vitest has written no report' });
  });
});
