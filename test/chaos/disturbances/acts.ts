import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';
import { isOver, press } from '../stage/operator.ts';

/** Records an interruption: the judges then accept one more run of a command. */
export function interrupted(stage: ChaosStage): void {
  stage.interruptions += 1;
}

/** A strike that turns a fault on when a step starts, and off after `forMs` milliseconds. */
export function faultInStep(step: StepKind, forMs: number, fault: string, ...args: readonly string[]) {
  return async (stage: ChaosStage): Promise<void> => {
    await stage.step(step);
    interrupted(stage);
    await stage.plant(fault, ...args);
    await stage.pause(forMs);
    await stage.clear(fault);
  };
}

/** Turns a fault on before the approval; it stays on. */
export const planted =
  (fault: string, ...args: readonly string[]) =>
  async (stage: ChaosStage): Promise<void> => {
    interrupted(stage);
    await stage.plant(fault, ...args);
  };

/** Turns the fault off and clicks Retry from here, then waits for the end. */
export function fixAndRetry(fault?: string) {
  return async (stage: ChaosStage): Promise<void> => {
    if (fault !== undefined) await stage.clear(fault);
    await retry(stage);
    await stage.until('an end after the retry', async () => isOver(await stage.change()));
  };
}

/** Clicks Retry from here until the change is running again. */
export async function retry(stage: ChaosStage): Promise<void> {
  interrupted(stage);
  const isOn = async () => !isOver(await stage.change()) || (await wasRetried(stage));
  await stage.until('a retry', async () => (await press(stage, 'bob', 'Retry from here')) || (await isOn()));
  await stage.until('a change that is running again', isOn);
}

async function wasRetried(stage: ChaosStage): Promise<boolean> {
  return stage.journal.events().filter(({ type }) => type === 'approved').length > 1;
}
