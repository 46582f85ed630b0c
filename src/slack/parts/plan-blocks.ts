import type { PlanShown } from '../../domain/questions/question.ts';
import type { Block } from '../text/blocks.ts';
import type { Detail } from './card-view.ts';
import { planFacts } from './plan-facts.ts';
import { planSteps } from './plan-steps.ts';

/** A plan, as its card and a dry run show it. */
export const planBlocks = (shown: PlanShown, detail: Detail): readonly Block[] => [
  ...planFacts(shown, detail),
  ...planSteps(shown.plan, detail),
];
