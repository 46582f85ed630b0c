import type { Step } from '../plan/step.ts';
import type { Change, ChangeEvent } from './change.ts';

type StepEvent = Extract<ChangeEvent, { readonly step: string }>;

/**
 * Attempts of each step. A step that its first check found done does not count. Without a note there was no check, because a new
 * plan dropped the step; then an interrupted attempt may have done the work.
 */
export function attemptsAfter(begun: Change['begun'], event: StepEvent): Change['begun'] {
  const times = begun[event.step] ?? 0;
  switch (event.type) {
    case 'step-started':
      return { ...begun, [event.step]: times + 1 };
    case 'step-done':
      if (!event.already) return { ...begun, [event.step]: Math.max(times, 1) };
      return event.note !== undefined && times === 1 ? without(begun, event.step) : begun;
    case 'step-failed':
    case 'job-started':
      return { ...begun, [event.step]: Math.max(times, 1) };
  }
}

function without(begun: Change['begun'], step: string): Change['begun'] {
  const { [step]: _, ...others } = begun;
  return others;
}

/** The steps that may have changed something: all that have begun, even if not completed. */
export function touchedSteps({ plan, begun }: Pick<Change, 'plan' | 'begun'>): readonly Step[] {
  const steps = plan?.approved.steps ?? [];
  return steps.filter(({ id, commands }) => begun[id] !== undefined && commands.length > 0);
}
