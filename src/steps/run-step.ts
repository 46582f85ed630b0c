import { notConfirmed } from '../domain/answers/failure.ts';
import { NOT_REPEATED, RETRY_HINT } from '../domain/answers/retry-hint.ts';
import type { Proof } from '../domain/change/change.ts';
import type { Step } from '../domain/plan/step.ts';
import { plugOf } from './kinds.ts';
import type { Acted } from './world/step-plug.ts';
import type { Finding, StepRuns, StepWorld } from './world/step-world.ts';
import { cancelFirst, orCancelled } from './world/wait.ts';

/** The result of a successful step. */
export interface StepOutcome {
  /** True if nothing had to be done. */
  readonly already: boolean;
  readonly note?: string;
  readonly proof?: Proof;
}

/** Runs one step: checks, acts if needed, confirms. `beforeAct` is the last guard; an error that it throws stops the step. */
export async function runStep(
  step: Step,
  world: StepWorld,
  beforeAct: () => Promise<void>,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const work = plugOf(step.kind);
  // Nothing has begun, and the cluster may not answer for two minutes.
  const before = await cancelFirst(work.check(step, world, orCancelled(world, signal)), world);
  if (before.is === 'satisfied') return outcome(true, before);
  if (step.commands.length > 0) await beforeAct();
  signal.throwIfAborted();
  const word = await work.act(step, world, signal);
  const after = await work.confirm(step, world, signal);
  if (after.is === 'satisfied') return outcome(false, withWord(after, word ?? ''));
  const where = after.where ?? ('node' in step ? step.node : 'the cluster');
  throw notConfirmed(where, after.says, `Fix the cause, then ${RETRY_HINT}. ${NOT_REPEATED}`);
}

/** Removes the worker's own files of a completed step from its node. */
export const forgetStep = (step: Step, runs: StepRuns, signal: AbortSignal): Promise<void> =>
  plugOf(step.kind).forget(step, runs, signal);

type So = Extract<Finding<Proof | undefined>, { readonly is: 'satisfied' }>;

/** The finding, with the action's note appended, and in the proof what it did. */
function withWord(found: So, acted: string | Acted): So {
  if (typeof acted !== 'string') {
    const { proof } = found;
    const more = proof === undefined ? {} : { proof: { ...proof, drilled: acted.drilled } };
    return withWord({ ...found, ...more }, acted.note);
  }
  const word = acted;
  const words = [found.note, word].filter((one) => one !== undefined && one !== '');
  return words.length === 0 ? found : { ...found, note: words.join(', ') };
}

function outcome(already: boolean, { note, proof }: So): StepOutcome {
  return { already, ...(note === undefined ? {} : { note }), ...(proof === undefined ? {} : { proof }) };
}
