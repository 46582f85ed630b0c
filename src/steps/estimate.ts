import type { SeenPart } from '../domain/plan/plan.ts';
import type { Step } from '../domain/plan/step.ts';
import { plugOf } from './kinds.ts';

/** How long these steps may take, in seconds. */
export function estimate(steps: readonly Step[]): SeenPart['estimate'] {
  let from = 0;
  let to = 0;
  for (const step of steps) {
    const cost = plugOf(step.kind).seconds(step);
    from += cost.from;
    to += cost.to;
  }
  return { from: Math.round(from), to: Math.round(to) };
}
