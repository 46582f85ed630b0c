import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import { isOver, press } from '../stage/operator.ts';

/** Cuts of one kind are all the same to a judge: a command may have to run once more. */
export function interrupted(stage: ChaosStage): void {
  stage.interruptions += 1;
}

/** A strike: plants a fault when a step begins, and clears it after so many milliseconds. */
export function faultInStep(step: StepKind, forMs: number, fault: string, ...args: readonly string[]) {
  return async (stage: ChaosStage): Promise<void> => {
    await stage.step(step);
    interrupted(stage);
    await stage.plant(fault, ...args);
    await stage.pause(forMs);
    await stage.clear(fault);
  };
}

/** Before the approval: a fault that stays. */
export const planted =
  (fault: string, ...args: readonly string[]) =>
  async (stage: ChaosStage): Promise<void> => {
    interrupted(stage);
    await stage.plant(fault, ...args);
  };

/** Somebody clears the fault and presses Retry from here; then the change goes on to its end. */
export function mendAndRetry(fault?: string) {
  return async (stage: ChaosStage): Promise<void> => {
    if (fault !== undefined) await stage.clear(fault);
    await retry(stage);
    await stage.until('an end after the retry', async () => isOver(await stage.change()));
  };
}

/** Presses Retry from here until the change is on its way again. */
export async function retry(stage: ChaosStage): Promise<void> {
  interrupted(stage);
  const isOn = async () => !isOver(await stage.change()) || (await wasRetried(stage));
  await stage.until('a retry', async () => (await press(stage, 'bob', 'Retry from here')) || (await isOn()));
  await stage.until('a change on its way again', isOn);
}

async function wasRetried(stage: ChaosStage): Promise<boolean> {
  return stage.journal.events().filter(({ type }) => type === 'approved').length > 1;
}
