import { FAILED, type TrialOptions } from '../harness/trials/options.ts';
import { summarize } from '../harness/trials/report.ts';
import type { Verdict } from '../harness/trials/verdict.ts';
import { isMet, type Recoveries } from './stage/recovery.ts';

const WORDS = { of: 'scenarios', passed: 'survived', failed: 'failed' } as const;

/** Prints survived scenarios and the longest recovery times; returns 0 only if all survived within the goals. */
export function chaosResult(
  verdicts: readonly Pick<Verdict, 'name' | 'isPassed'>[],
  recoveries: Pick<Recoveries, 'maxima'>,
  options: Pick<TrialOptions, 'json' | 'say' | 'print'>,
): number {
  const maxima = recoveries.maxima();
  options.say('');
  for (const longest of maxima) {
    const { what, goal, seconds, scenario, times } = longest;
    const verdict = isMet(longest) ? 'met' : 'MISSED';
    options.say(
      `${what}: at most ${seconds.toFixed(1)} s, goal ${goal} s: ${verdict} (${times} times; longest in ${scenario})`,
    );
  }
  const seconds = maxima.map((longest) => [longest.what, Number(longest.seconds.toFixed(2))]);
  const code = summarize(verdicts, WORDS, options, { recovery_seconds: Object.fromEntries(seconds) });
  return maxima.every(isMet) ? code : FAILED;
}
