import { FAILED, PASSED, type TrialOptions } from './options.ts';
import type { Verdict } from './verdict.ts';

/** The words of a suite's summary, also used as keys of its JSON line. */
export interface SummaryWords {
  /** The plural of a trial, such as `scenarios`. */
  readonly of: string;
  readonly passed: string;
  /** The key of the list of failed trials. */
  readonly failed: string;
}

/** Prints how many trials passed and which failed, and returns the exit code. `more` is added to the JSON line. */
export function summarize(
  verdicts: readonly Pick<Verdict, 'name' | 'isPassed'>[],
  { of, passed, failed }: SummaryWords,
  { json, say, print }: Pick<TrialOptions, 'json' | 'say' | 'print'>,
  more: Readonly<Record<string, unknown>> = {},
): number {
  const names = verdicts.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
  const count = verdicts.length - names.length;
  say(`${count} of ${verdicts.length} ${of} ${passed}.`);
  for (const name of names) say(`not ${passed}: ${name}`);
  if (json) print(JSON.stringify({ [of]: verdicts.length, [passed]: count, [failed]: names, ...more }));
  return names.length === 0 ? PASSED : FAILED;
}

/** Prints the names of trials, one per line or as a JSON list. */
export function listNames(
  trials: readonly { readonly name: string; readonly about?: string }[],
  { json, print }: Pick<TrialOptions, 'json' | 'print'>,
): number {
  if (json) print(JSON.stringify(trials.map(({ name }) => name)));
  else for (const { name, about } of trials) print(about === undefined ? name : `${name.padEnd(52)}  ${about}`);
  return PASSED;
}
