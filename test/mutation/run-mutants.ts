import { choose, unknownSentence } from '../harness/trials/choose.ts';
import { FAILED, type TrialOptions, WRONG_USE } from '../harness/trials/options.ts';
import { playEach } from '../harness/trials/play-each.ts';
import { listNames, summarize } from '../harness/trials/report.ts';
import { short, type Verdict, verdictLines } from '../harness/trials/verdict.ts';
import { judge } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { type MutantEnded, Playground, type TestsEnded } from './playground.ts';

/** The tests of one mutant take some three seconds. */
const LIMIT_MS = 120_000;
/** All of them, on a slow machine. */
const FIRST_LIMIT_MS = 900_000;
const WORDS = { of: 'mutants', passed: 'killed', failed: 'left' } as const;

/** Tries the chosen mutants and gives the exit code: 0 only if each was killed or has a reason to survive, 2 for an unknown name. */
export async function runMutants(options: TrialOptions): Promise<number> {
  const choice = choose(MUTANTS, options.only);
  if (choice.is === 'unknown') {
    options.say(unknownSentence(choice.words, 'mutant'));
    return WRONG_USE;
  }
  if (options.list) return listNames(choice.trials, options);
  await using grounds = new Grounds();
  const first = await grounds.with((ground) => ground.runTests(testsOf(choice.trials), FIRST_LIMIT_MS, options.signal));
  if (first.is !== 'passed') {
    options.say(`Without a mutant the tests must pass: ${whyNot(first)}`);
    return FAILED;
  }
  options.say(`Without a mutant ${first.tests} tests pass.`);
  return summed(await playEach(choice.trials, options, (mutant) => tried(mutant, grounds, options)), options);
}

const testsOf = (mutants: readonly Mutant[]): readonly string[] => [...new Set(mutants.flatMap(({ tests }) => tests))];

function whyNot(ended: Exclude<TestsEnded, { readonly is: 'passed' }>): string {
  switch (ended.is) {
    case 'failed':
      return `“${ended.by}” fails.`;
    case 'not-run':
      return `${ended.why}.`;
    case 'timeout':
      return `they did not end within ${ended.afterMs / 1000} s.`;
  }
}

/** Copies of the tree: as many as are used at the same time, kept until the end. */
class Grounds {
  readonly #free: Playground[] = [];
  readonly #all = new AsyncDisposableStack();

  async with<T>(use: (ground: Playground) => Promise<T>): Promise<T> {
    const ground = this.#free.pop() ?? this.#all.use(await Playground.open());
    try {
      return await use(ground);
    } finally {
      this.#free.push(ground);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all.disposeAsync();
  }
}

/** A mutant that was tried. */
interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

async function tried(mutant: Mutant, grounds: Grounds, { say, signal }: TrialOptions): Promise<Tried> {
  const from = performance.now();
  const ended = await grounds.with((ground) => ground.runMutant(mutant, LIMIT_MS, signal));
  const verdict = verdictOn(mutant, ended, (performance.now() - from) / 1000);
  for (const line of verdictLines(verdict, `npm run test:mutation -- --only '${mutant.name}'`)) say(line);
  return { mutant, verdict };
}

function verdictOn(mutant: Mutant, ended: MutantEnded, seconds: number): Verdict {
  const { name, file, find, replace } = mutant;
  const { isPassed, word, says } = judge(mutant, ended);
  const details = isPassed ? [] : [`${says}.`, `The mutant: \`${replace}\` instead of \`${find}\` in ${file}.`];
  return { name, isPassed, word, seconds, says: isPassed ? short(says) : '', details };
}

/** Those that survive with a reason are named beside the others, and not counted as killed. */
function summed(all: readonly Tried[], options: TrialOptions): number {
  const [equal, others] = [all.filter(isExplained), all.filter((one) => !isExplained(one))];
  options.say('');
  for (const { mutant } of equal) options.say(`Survives with a reason: ${mutant.name}. ${mutant.survives}`);
  const verdicts = others.map(({ verdict }) => verdict);
  return summarize(verdicts, WORDS, options, { survives: equal.map(({ mutant }) => mutant.name) });
}

const isExplained = ({ mutant, verdict }: Tried): boolean => mutant.survives !== undefined && verdict.isPassed;
