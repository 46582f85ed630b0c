import { startOrSay } from '../../sandbox/command/options.ts';
import { choose, unknownSentence } from '../harness/trials/choose.ts';
import { type TrialOptions, WRONG_USE } from '../harness/trials/options.ts';
import { listNames, summarize } from '../harness/trials/report.ts';
import { short, type Verdict, verdictLines } from '../harness/trials/verdict.ts';
import type { Attack, Family, PartAttack, StageAttack } from './attack.ts';
import { families } from './attacks.ts';
import { dealt, inOrder } from './lanes.ts';
import { GotThrough } from './outcome.ts';
import { AttackStage } from './stage/attack-stage.ts';
import { inFolder } from './stage/folder.ts';
import { before, judgeAlive, judgeUndone } from './stage/judge.ts';

/** A hundred times faster than a real cluster. */
const PACE = 0.01;
const WORDS = { of: 'attacks', passed: 'stopped', failed: 'through' } as const;

/** Runs the selected attacks and returns the exit code: 0 only if all were stopped, 2 for an unknown name. */
export async function runAttacks(options: TrialOptions): Promise<number> {
  const all = families();
  const choice = choose(all.flat(), options.only);
  if (choice.is === 'unknown') {
    options.say(unknownSentence(choice.words, 'attack'));
    return WRONG_USE;
  }
  if (options.list)
    return listNames(
      choice.trials.map(({ name, tries }) => ({ name, about: tries })),
      options,
    );
  const chosen = new Set(choice.trials);
  const wanted = inOrder(all, options.seed).map((family): Family => family.filter((one) => chosen.has(one)));
  const lanes = dealt(wanted, options.atOnce).map((lane) => onSandbox(lane, options));
  const verdicts = await Promise.all([onParts(wanted.flat().filter(isOnPart), options), ...lanes]);
  options.say('');
  return summarize(verdicts.flat(), WORDS, options);
}

const isOnPart = (attack: Attack): attack is PartAttack => attack.on === 'part';

async function onParts(attacks: readonly PartAttack[], options: TrialOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const attack of attacks) {
    verdicts.push(await judged(attack, options, () => inFolder(options.signal, attack.stopped)));
  }
  return verdicts;
}

/** Runs the attacks in order, in one sandbox. */
async function onSandbox(attacks: readonly StageAttack[], options: TrialOptions): Promise<readonly Verdict[]> {
  const { say, signal } = options;
  await using closing = new AsyncDisposableStack();
  const sandbox = await startOrSay({ pace: PACE, delivery: 'http', log: say, signal }, say);
  signal.throwIfAborted();
  if (sandbox === null) return attacks.map(notMade);
  closing.defer(() => sandbox.close());
  const stage = await AttackStage.open(sandbox, signal);
  closing.defer(() => stage.close());
  const verdicts: Verdict[] = [];
  for (const attack of attacks) verdicts.push(await judged(attack, options, () => stoppedOnStage(attack, stage)));
  return verdicts;
}

const notMade = ({ name }: Attack): Verdict => ({
  name,
  isPassed: false,
  word: 'NO PROOF',
  seconds: 0,
  says: 'The sandbox did not start.',
  details: [],
});

async function stoppedOnStage({ on, stopped, runs, restarts }: StageAttack, stage: AttackStage): Promise<string> {
  const then = await before(stage);
  const evidence = await stopped(stage);
  if (runs !== true) await judgeUndone(stage, then);
  await judgeAlive(stage, on, restarts === true ? await before(stage) : then);
  return evidence;
}

async function judged(
  { name }: Attack,
  { say, signal }: TrialOptions,
  stopped: () => Promise<string>,
): Promise<Verdict> {
  signal.throwIfAborted();
  const from = performance.now();
  const outcome = await outcomeOf(stopped, signal);
  const verdict = { name, ...outcome, seconds: (performance.now() - from) / 1000, details: [] };
  for (const line of verdictLines(verdict, `npm run attack -- --only '${name}'`)) say(line);
  return verdict;
}

async function outcomeOf(
  stopped: () => Promise<string>,
  signal: AbortSignal,
): Promise<Pick<Verdict, 'isPassed' | 'word' | 'says'>> {
  try {
    return { isPassed: true, word: 'stopped', says: short(await stopped()) };
  } catch (error) {
    signal.throwIfAborted();
    const says = short(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    return { isPassed: false, word: error instanceof GotThrough ? 'THROUGH' : 'NO PROOF', says };
  }
}
