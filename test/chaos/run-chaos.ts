import type { Disturbance } from './disturbance.ts';
import { disturbances } from './disturbances.ts';
import { FLEET, playFleet } from './fleet/play-fleet.ts';
import { type Played, playDisturbance, type Undisturbed } from './play-disturbance.ts';
import { seededRandom } from './random.ts';
import { Recoveries } from './recovery.ts';
import { summed } from './summary.ts';
import { wantedOf } from './wanted.ts';

export interface ChaosOptions {
  readonly json: boolean;
  /** Only tell the names. */
  readonly list: boolean;
  readonly seed: string;
  /** Only the scenario of this name, or those whose names hold it; several are parted by `|`. */
  readonly only: string;
  /** Scenarios beside each other; each has four processes of its own. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

/** A scenario by its name, ready to be played. */
interface Scenario {
  readonly name: string;
  readonly play: () => Promise<Played>;
}

/** A hundred times faster than a real cluster. */
export const PACE = 0.01;
const UNDISTURBED: Disturbance = { name: 'undisturbed', end: { state: 'done' } };

/** Plays every scenario, some at a time, and gives the exit code: 0 only if all were survived within their goals, 2 for no such scenario. */
export async function runChaos(options: ChaosOptions): Promise<number> {
  const { say, list, only } = options;
  const recoveries = new Recoveries();
  const first = await playOne(scenarioOf(UNDISTURBED, null, recoveries, options), options);
  if (first.left === null || first.complaints.length > 0) return summed([first], recoveries, options);
  const all = wantedOf(scenarios(first.left, recoveries, options), only);
  if (all.length === 0) {
    say(`No scenario is named ${only}; --list tells the names, --seed decides about the pairs.`);
    return 2;
  }
  if (list) for (const { name } of all) say(name);
  const played = list ? [] : await playAll(all, options);
  return summed([first, ...played], recoveries, options);
}

/** The longest one first, so that it does not end alone. */
function scenarios(undisturbed: Undisturbed, recoveries: Recoveries, options: ChaosOptions): readonly Scenario[] {
  const { signal, seed } = options;
  return [
    { name: FLEET, play: () => playFleet({ pace: PACE, signal }) },
    ...disturbances(undisturbed.events, seed).map((one) => scenarioOf(one, undisturbed, recoveries, options)),
  ];
}

function scenarioOf(
  disturbance: Disturbance,
  undisturbed: Undisturbed | null,
  recoveries: Recoveries,
  { seed, signal }: ChaosOptions,
): Scenario {
  const { name } = disturbance;
  const play = () =>
    playDisturbance(disturbance, {
      pace: PACE,
      random: seededRandom(`${seed} ${name}`),
      signal,
      undisturbed,
      onRecovery: (what, scenario, seconds) => recoveries.note(what, scenario, seconds),
    });
  return { name, play };
}

async function playAll(all: readonly Scenario[], options: ChaosOptions): Promise<readonly Played[]> {
  const left = [...all];
  const played: Played[] = [];
  const hand = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      options.signal.throwIfAborted();
      played.push(await playOne(next, options));
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, hand));
  return played;
}

/** Plays it and tells how it ended; one that was not survived with the reasons, the last words, and how to play it alone. */
async function playOne({ play }: Scenario, { say, seed }: ChaosOptions): Promise<Played> {
  const played = await play();
  const { name, complaints, seconds, logs } = played;
  say(`${complaints.length === 0 ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
  if (complaints.length === 0) return played;
  for (const complaint of complaints) say(`         ${complaint}`);
  if (logs !== '') say(logs.replaceAll(/^/gm, '         | '));
  say(`         Again, alone:  npm run chaos -- --seed ${seed} --only '${name}'`);
  return played;
}
