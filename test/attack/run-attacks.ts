import { startSandbox } from '../../sandbox/sandbox.ts';
import { type Attack, GotThrough, short } from './attack.ts';
import { attacks } from './attacks.ts';
import { inFolder } from './folder.ts';
import { before, judgeAlive, judgeUndone } from './judge.ts';
import { AttackStage } from './stage.ts';

export interface AttackOptions {
  readonly json: boolean;
  /** Only tell the names. */
  readonly list: boolean;
  /** Only attacks whose name holds this, or one of several parted by `|`. */
  readonly only: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

interface Verdict {
  readonly name: string;
  readonly isStopped: boolean;
}

/** A hundred times faster than a real cluster. */
const PACE = 0.01;
const NAME_WIDTH = 52;

/** Makes every attack, and gives the exit code: 0 only if all were stopped. */
export async function runAttacks(options: AttackOptions): Promise<number> {
  const wanted = attacks().filter(({ name }) => options.only.split('|').some((part) => name.includes(part)));
  if (options.list) {
    for (const { name, tries } of wanted) options.say(`${name.padEnd(NAME_WIDTH)}  ${tries}`);
    return 0;
  }
  const [alone, onStage] = [wanted.filter(isAlone), wanted.filter((one) => !isAlone(one))];
  const lanes = await Promise.all([onParts(alone, options), onSandbox(onStage, options)]);
  return summed(lanes.flat(), options);
}

type Alone = Extract<Attack, { on: 'part' }>;
type OnStage = Exclude<Attack, Alone>;
const isAlone = (attack: Attack): attack is Alone => attack.on === 'part';

async function onParts(alone: readonly Alone[], options: AttackOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const attack of alone) {
    verdicts.push(await judged(attack, options, () => inFolder(options.signal, attack.stopped)));
  }
  return verdicts;
}

async function onSandbox(onStage: readonly OnStage[], options: AttackOptions): Promise<readonly Verdict[]> {
  if (onStage.length === 0) return [];
  const { say, signal } = options;
  const sandbox = await startSandbox({ pace: PACE, delivery: 'http', log: say, signal });
  try {
    const stage = await AttackStage.open(sandbox, signal);
    try {
      const verdicts: Verdict[] = [];
      for (const attack of onStage) verdicts.push(await judged(attack, options, () => onStageStopped(attack, stage)));
      return verdicts;
    } finally {
      await stage.close();
    }
  } finally {
    await sandbox.close();
  }
}

async function onStageStopped({ on, stopped, runs, restarts }: OnStage, stage: AttackStage): Promise<string> {
  const then = await before(stage);
  const evidence = await stopped(stage);
  if (runs !== true) await judgeUndone(stage, then);
  await judgeAlive(stage, on, restarts === true ? await before(stage) : then);
  return evidence;
}

async function judged(
  { name }: Attack,
  { say, signal }: AttackOptions,
  stopped: () => Promise<string>,
): Promise<Verdict> {
  signal.throwIfAborted();
  const from = performance.now();
  const line = (word: string, says: string): void => {
    const seconds = ((performance.now() - from) / 1000).toFixed(1).padStart(5);
    say(`${word.padEnd(8)}${seconds} s  ${name.padEnd(NAME_WIDTH)}  ${short(says)}`);
  };
  try {
    line('stopped', await stopped());
    return { name, isStopped: true };
  } catch (error) {
    signal.throwIfAborted();
    const says = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    line(error instanceof GotThrough ? 'THROUGH' : 'NO PROOF', says);
    return { name, isStopped: false };
  }
}

function summed(verdicts: readonly Verdict[], { json, say, print }: AttackOptions): number {
  const through = verdicts.filter(({ isStopped }) => !isStopped).map(({ name }) => name);
  const stopped = verdicts.length - through.length;
  say('');
  say(`${stopped} of ${verdicts.length} attacks were stopped.`);
  if (json) print(JSON.stringify({ attacks: verdicts.length, stopped, through }));
  return through.length === 0 ? 0 : 1;
}
