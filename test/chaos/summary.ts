import type { Played } from './play-disturbance.ts';
import { isMet, type Recoveries } from './recovery.ts';

interface Said {
  readonly json: boolean;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

/** Tells what was survived and how long recovering took, and gives the exit code: 0 only if all was survived within its goals. */
export function summed(
  played: readonly Pick<Played, 'name' | 'complaints'>[],
  recoveries: Pick<Recoveries, 'maxima'>,
  { json, say, print }: Said,
): number {
  const failed = played.filter(({ complaints }) => complaints.length > 0).map(({ name }) => name);
  const survived = played.length - failed.length;
  const maxima = recoveries.maxima();
  say('');
  for (const longest of maxima) {
    const { what, goal, seconds, scenario, times } = longest;
    const verdict = isMet(longest) ? 'met' : 'MISSED';
    say(
      `${what}: at most ${seconds.toFixed(1)} s, goal ${goal} s: ${verdict} (${times} times; longest in ${scenario})`,
    );
  }
  say(`${survived} of ${played.length} scenarios survived.`);
  for (const name of failed) say(`not survived: ${name}`);
  if (json) {
    const seconds = maxima.map((longest) => [longest.what, Number(longest.seconds.toFixed(2))]);
    const recovery = Object.fromEntries(seconds);
    print(JSON.stringify({ scenarios: played.length, survived, failed, recovery_seconds: recovery }));
  }
  return failed.length === 0 && maxima.every(isMet) ? 0 : 1;
}
