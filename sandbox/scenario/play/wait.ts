import type { Changes, SeenChange } from '../../seen/changes.ts';
import type { Act } from '../parse/statement.ts';
import { Impossible } from './impossible.ts';
import { judgeState, judgeStep, type Verdict } from './judge.ts';
import type { Performance } from './performance.ts';
import { until } from './until.ts';

type Wait = Extract<Act, { readonly is: 'wait' }>;
type WaitRunning = Extract<Act, { readonly is: 'wait-running' }>;

/** Waits until the newest change has reached a state, or passed it. */
export async function waitForState({ state, seconds }: Wait, performance: Performance): Promise<void> {
  await waitFor((change) => judgeState(change, state), seconds, performance);
}

/** Waits until a step of the newest change is running or finished. */
export async function waitForStep({ step, seconds }: WaitRunning, performance: Performance): Promise<void> {
  await waitFor((change) => judgeStep(change, step), seconds, performance);
}

async function waitFor(
  judge: (change: SeenChange) => Verdict,
  seconds: number,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const look = async (): Promise<string | null> => {
    const verdict = verdictOn(await stage.changes(), judge);
    if (verdict.is === 'true') return null;
    const [death] = stage.deaths();
    if (death !== undefined) throw new Impossible(`${verdict.instead} ${death}`);
    if (verdict.is === 'never') throw new Impossible(verdict.instead);
    return verdict.instead;
  };
  await until(look, seconds * 1000, performance);
}

function verdictOn(seen: Changes, judge: (change: SeenChange) => Verdict): Verdict {
  if (seen.are === 'hidden') return { is: 'not-yet', instead: seen.says };
  const newest = seen.changes.at(-1);
  return newest === undefined ? { is: 'not-yet', instead: 'There is no change.' } : judge(newest);
}
