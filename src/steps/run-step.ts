import { notConfirmed } from '../domain/answers/failure.ts';
import { RETRY_HINT } from '../domain/answers/retry-hint.ts';
import type { Proof } from '../domain/change/change.ts';
import type { Step } from '../domain/plan/step.ts';
import { copy } from './kinds/copy.ts';
import { deploy } from './kinds/deploy.ts';
import { engines } from './kinds/engines.ts';
import { mount } from './kinds/mount.ts';
import { otherVersion } from './kinds/other-version.ts';
import { proveUndone } from './kinds/prove-undone.ts';
import { ready } from './kinds/ready.ts';
import { removeCopy } from './kinds/remove-copy.ts';
import { solutions } from './kinds/solutions.ts';
import { unconfigure } from './kinds/unconfigure.ts';
import { unmount } from './kinds/unmount.ts';
import { verify } from './kinds/verify.ts';
import { withdraw } from './kinds/withdraw.ts';
import type { Finding, StepWork, StepWorld } from './world/step-world.ts';

/** How a step ended well. */
export interface StepOutcome {
  /** Nothing had to be done. */
  readonly already: boolean;
  readonly note?: string;
  readonly proof?: Proof;
}

/** Runs one step: looks, does what is missing, looks again. `beforeAct` is the last guard; whatever it throws stops the step. */
export function runStep(
  step: Step,
  world: StepWorld,
  beforeAct: () => Promise<void>,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const run = <S extends Step>(work: StepWork<S, Proof | undefined>, own: S) =>
    checkActConfirm(work, own, world, beforeAct, signal);
  switch (step.kind) {
    case 'copy':
      return run(copy, step);
    case 'mount':
      return run(mount, step);
    case 'solutions':
      return run(solutions, step);
    case 'other-version':
      return run(otherVersion, step);
    case 'deploy':
      return run(deploy, step);
    case 'ready':
      return run(ready, step);
    case 'engines':
      return run(engines, step);
    case 'verify':
      return run(verify, step);
    case 'withdraw':
      return run(withdraw, step);
    case 'unmount':
      return run(unmount, step);
    case 'unconfigure':
      return run(unconfigure, step);
    case 'remove-copy':
      return run(removeCopy, step);
    case 'prove-undone':
      return run(proveUndone, step);
  }
}

async function checkActConfirm<S extends Step>(
  work: StepWork<S, Proof | undefined>,
  step: S,
  world: StepWorld,
  beforeAct: () => Promise<void>,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const before = await work.check(step, world, signal);
  if (before.is === 'satisfied') return outcome(true, before);
  if (step.commands.length > 0) await beforeAct();
  signal.throwIfAborted();
  const word = await work.act(step, world, signal);
  const after = await work.confirm(step, world, signal);
  if (after.is === 'satisfied') return outcome(false, withWord(after, typeof word === 'string' ? word : ''));
  const where = 'node' in step ? step.node : 'the cluster';
  throw notConfirmed(
    where,
    after.says,
    `Look at it on the spot, mend it, then ${RETRY_HINT}: what is done stays done.`,
  );
}

type So = Extract<Finding<Proof | undefined>, { readonly is: 'satisfied' }>;

/** What the look found, and what the act has to say. */
function withWord(found: So, word: string): So {
  const words = [found.note, word].filter((one) => one !== undefined && one !== '');
  return words.length === 0 ? found : { ...found, note: words.join(', ') };
}

function outcome(already: boolean, { note, proof }: So): StepOutcome {
  return { already, ...(note === undefined ? {} : { note }), ...(proof === undefined ? {} : { proof }) };
}
