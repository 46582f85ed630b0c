import { randomBytes } from 'node:crypto';
import { choose, unknownSentence } from '../harness/trials/choose.ts';
import { type TrialOptions, WRONG_USE } from '../harness/trials/options.ts';
import { playEach } from '../harness/trials/play-each.ts';
import { seededRandom } from '../harness/trials/random.ts';
import { listNames } from '../harness/trials/report.ts';
import { type Verdict, verdictLines } from '../harness/trials/verdict.ts';
import { disturbances } from './disturbances/all.ts';
import type { Disturbance } from './disturbances/disturbance.ts';
import { USUAL_PAIRS } from './disturbances/pairs.ts';
import { FLEET, playFleet } from './fleet/play-fleet.ts';
import { type Played, playDisturbance, type Undisturbed } from './play-disturbance.ts';
import { playReplicas, ROLLOUTS } from './replicas/play-replicas.ts';
import { chaosResult } from './result.ts';
import { Recoveries } from './stage/recovery.ts';

interface Scenario {
  readonly name: string;
  readonly play: () => Promise<Played>;
}

/** A hundred times faster than a real cluster. */
const PACE = 0.01;
const UNDISTURBED: Disturbance = { name: 'undisturbed', end: { state: 'done' } };

/** Plays the selected scenarios and returns the exit code: 0 only if all survived within the goals, 2 for an unknown name. */
export async function runChaos({ seed, ...options }: TrialOptions): Promise<number> {
  const seeded = { ...options, seed: seed ?? randomBytes(3).toString('hex') };
  if (seed === null) options.say(`The seed is ${seeded.seed}; to repeat this run: --seed ${seeded.seed}`);
  const recoveries = new Recoveries();
  const first = await scenarioOf(UNDISTURBED, null, recoveries, seeded).play();
  const verdict = reported(first, seeded);
  if (first.left === null || !verdict.isPassed) return chaosResult([verdict], recoveries, options);
  const choice = choose(scenarios(first.left, recoveries, seeded), options.only);
  if (choice.is === 'unknown') {
    options.say(`${unknownSentence(choice.words, 'scenario')} \`--seed\` selects the pairs.`);
    return WRONG_USE;
  }
  if (options.list) return listNames(choice.trials, options);
  const played = await playEach(choice.trials, options, async ({ play }) => reported(await play(), seeded));
  return chaosResult([verdict, ...played], recoveries, options);
}

type Seeded = TrialOptions & { readonly seed: string };

/** The longest scenario first, so that it does not run alone at the end. */
function scenarios(undisturbed: Undisturbed, recoveries: Recoveries, options: Seeded): readonly Scenario[] {
  const { signal, seed, pairs = USUAL_PAIRS } = options;
  return [
    { name: FLEET, play: () => playFleet({ pace: PACE, signal }) },
    ...ROLLOUTS.map((rollout) => ({
      name: rollout.name,
      play: () => playReplicas(rollout, { pace: PACE, random: seededRandom(`${seed} ${rollout.name}`), signal }),
    })),
    ...disturbances(undisturbed.events, seed, pairs).map((one) => scenarioOf(one, undisturbed, recoveries, options)),
  ];
}

function scenarioOf(
  disturbance: Disturbance,
  undisturbed: Undisturbed | null,
  recoveries: Recoveries,
  { seed, signal }: Seeded,
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

/** Reports a scenario's result; on failure with complaints, the last log lines, and the command to run it alone. */
function reported({ name, complaints, seconds, logs }: Played, { say, seed }: Seeded): Verdict {
  const isPassed = complaints.length === 0;
  const details = [...complaints, ...(logs === '' ? [] : logs.replaceAll(/^/gm, '| ').split('\n'))];
  const verdict = { name, isPassed, word: isPassed ? 'ok' : 'FAILED', seconds, says: '', details };
  for (const line of verdictLines(verdict, `npm run chaos -- --seed ${seed} --only '${name}'`)) say(line);
  return verdict;
}
