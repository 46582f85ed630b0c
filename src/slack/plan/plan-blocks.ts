import type { PlanShown } from '../../domain/questions/question.ts';
import type { Block } from '../text/blocks.ts';
import type { Detail } from './detail.ts';
import { planFacts } from './plan-facts.ts';
import { planSteps } from './plan-steps.ts';

/** A plan with everything in it, as a dry run and the button Full plan show it. */
export const planBlocks = (shown: PlanShown, detail: Detail): readonly Block[] => [
  ...planFacts(shown, detail),
  ...planSteps(shown.plan, detail),
];
