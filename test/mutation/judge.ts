import type { Verdict } from '../harness/trials/verdict.ts';
import type { Mutant } from './mutant.ts';
import type { MutantEnded } from './playground.ts';

export type Judgement = Pick<Verdict, 'isPassed' | 'word' | 'says'>;

/** Passed is a mutant that a test has killed, and one that survives with a reason. */
export function judge({ survives, tests }: Mutant, ended: MutantEnded): Judgement {
  switch (ended.is) {
    case 'failed':
      return survives === undefined
        ? { isPassed: true, word: 'killed', says: `by “${ended.by}”` }
        : { isPassed: false, word: 'KILLED', says: `by “${ended.by}”: take its reason to survive out of the list` };
    case 'passed':
      return survives === undefined
        ? { isPassed: false, word: 'SURVIVED', says: `all tests pass in ${tests.join(', ')}` }
        : { isPassed: true, word: 'survives', says: survives };
    case 'stale':
      return { isPassed: false, word: 'STALE', says: ended.why };
    case 'not-run':
      return { isPassed: false, word: 'NOT RUN', says: ended.why };
    case 'timeout':
      return { isPassed: false, word: 'TIMEOUT', says: `its tests did not end within ${ended.afterMs / 1000} s` };
  }
}
