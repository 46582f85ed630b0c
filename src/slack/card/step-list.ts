import type { CardStyle, CardView } from '../parts/card-view.ts';
import { taskBlocks } from '../parts/task-blocks.ts';
import { fittingBlocks } from '../plan/fitting-blocks.ts';
import type { Drawing } from '../text/blocks.ts';
import { ALL_BLOCKS_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';

/** Every step and its state, for one message in the thread of the card; null before it has started. */
export function stepList(view: CardView, style: CardStyle, limit = ALL_BLOCKS_LIMIT): Drawing | null {
  const { id, plan, startedAt, steps } = view.change;
  const all = plan?.approved.steps ?? [];
  if (all.length === 0 || startedAt === undefined) return null;
  const done = all.filter((step) => steps[step.id]?.is === 'done').length;
  return {
    text: `Steps of ${escaped(id)}: ${done} of ${all.length} done.`,
    blocks: fittingBlocks((detail) => taskBlocks(view, style, detail), limit),
  };
}
