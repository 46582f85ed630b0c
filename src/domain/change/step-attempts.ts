import type { Change, ChangeEvent } from './change.ts';

type StepEvent = Extract<ChangeEvent, { readonly step: string }>;

/**
 * How often each step was begun. One that was looked at a single time and was so already is not: nothing was done. Without a note
 * nobody looked, as a plan made anew does not hold the step any more: then an interrupted start may have done its work.
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
