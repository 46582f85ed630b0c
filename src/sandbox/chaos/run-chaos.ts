import type { Disturbance } from './disturbance.ts';
import { disturbances } from './disturbances.ts';
import { type Played, playDisturbance, type Undisturbed } from './play-disturbance.ts';
import { seededRandom } from './random.ts';
import { Recoveries } from './recovery.ts';

export interface ChaosOptions {
  readonly json: boolean;
  /** Only tell the names. */
  readonly list: boolean;
  readonly seed: string;
  /** Only scenarios whose name holds this, or one of several parted by `|`. */
  readonly only: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

/** A hundred times faster than a real cluster. */
export const PACE = 0.01;
const AT_ONCE = 2;
const UNDISTURBED: Disturbance = { name: 'undisturbed', end: { state: 'done' } };

/** Plays every scenario, two at a time, and gives the exit code: 0 only if all were survived within their goals. */
export async function runChaos(options: ChaosOptions): Promise<number> {
  const { say, seed, only, list } = options;
  const recoveries = new Recoveries();
  const first = await playOne(UNDISTURBED, null, recoveries, options);
  if (first.left === null || first.complaints.length > 0) return summed([first], recoveries, options);
  const { left } = first;
  const all = disturbances(left.events, seed).filter(({ name }) => isWanted(name, only));
  if (list) for (const { name } of all) say(name);
  const played = list ? [] : await playAll(all, left, recoveries, options);
  return summed([first, ...played], recoveries, options);
}

/** A pair has the names of two others in its own, and is meant only by a word that begins with `pair`. */
const isWanted = (name: string, only: string): boolean =>
  only
    .split('|')
    .some((part) => name.includes(part) && (part === '' || name.startsWith('pair') === part.startsWith('pair')));

async function playAll(
  all: readonly Disturbance[],
  undisturbed: Undisturbed,
  recoveries: Recoveries,
  options: ChaosOptions,
): Promise<readonly Played[]> {
  const left = [...all];
  const played: Played[] = [];
  const hand = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      options.signal.throwIfAborted();
      played.push(await playOne(next, undisturbed, recoveries, options));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  return played;
}

async function playOne(
  disturbance: Disturbance,
  undisturbed: Undisturbed | null,
  recoveries: Recoveries,
  { say, seed, signal }: ChaosOptions,
): Promise<Played> {
  const played = await playDisturbance(disturbance, {
    pace: PACE,
    random: seededRandom(`${seed} ${disturbance.name}`),
    signal,
    undisturbed,
    onRecovery: (what, scenario, seconds) => recoveries.note(what, scenario, seconds),
  });
  const { name, complaints, seconds, logs } = played;
  say(`${complaints.length === 0 ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
  for (const complaint of complaints) say(`         ${complaint}`);
  if (logs !== '') say(logs.replaceAll(/^/gm, '         | '));
  return played;
}

function summed(played: readonly Played[], recoveries: Recoveries, { json, say, print }: ChaosOptions): number {
  const failed = played.filter(({ complaints }) => complaints.length > 0).map(({ name }) => name);
  const maxima = recoveries.maxima();
  const late = maxima.filter(({ seconds, goal }) => seconds > goal);
  say('');
  for (const { what, goal, seconds, scenario, times } of maxima)
    say(`${what}: at most ${seconds.toFixed(1)} s of ${goal} s (${times} times; longest in ${scenario})`);
  say(`${played.length - failed.length} of ${played.length} scenarios survived.`);
  if (json) {
    const recovery = Object.fromEntries(maxima.map(({ what, seconds }) => [what, Number(seconds.toFixed(2))]));
    print(
      JSON.stringify({
        scenarios: played.length,
        survived: played.length - failed.length,
        failed,
        recovery_seconds: recovery,
      }),
    );
  }
  return failed.length + late.length === 0 ? 0 : 1;
}
