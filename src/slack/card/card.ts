import type { Change } from '../../domain/change/change.ts';
import { againButton } from '../parts/again-button.ts';
import { cancelButton, decisionButtons, planButton, retryButtons, undoButton } from '../parts/buttons.ts';
import type { CardStyle, CardView } from '../parts/card-view.ts';
import { planSummary } from '../parts/plan-summary.ts';
import { taskBlocks } from '../parts/task-blocks.ts';
import type { Detail } from '../plan/detail.ts';
import { fittingBlocks } from '../plan/fitting-blocks.ts';
import type { Block, Drawing } from '../text/blocks.ts';
import { ALL_BLOCKS_LIMIT } from '../text/fit.ts';
import { head } from './card-head.ts';
import { doubtCard } from './doubt-card.ts';
import { cancelledOutcome, doneOutcome, failedOutcome, refusedOutcome } from './outcome.ts';
import { isTooLate, statusText } from './status.ts';

/** The card of a change, with as much detail as fits into one message of at most `limit` characters. */
export function renderCard(view: CardView, style: CardStyle, limit = ALL_BLOCKS_LIMIT): Drawing {
  if (view.doubt !== undefined) return doubtCard(view.change, view.doubt);
  return {
    text: statusText(view),
    blocks: fittingBlocks((detail) => [...head(view), ...body(view, style, detail)], limit),
  };
}

function body(view: CardView, style: CardStyle, detail: Detail): readonly Block[] {
  const { change } = view;
  switch (change.state) {
    case 'requested':
      return [];
    case 'denied':
    case 'expired':
      return againButton(change);
    case 'planned':
      if (isTooLate(change, view.now)) return againButton(change);
      return [...planSummary(change), ...decisionButtons(change)];
    case 'refused':
      return [...refusedOutcome(change), ...againButton(change)];
    case 'approved':
    case 'applying':
      return [...taskBlocks(view, style, detail), ...cancelButton(change)];
    case 'failed':
      return [...failedOutcome(change), ...tasksIfPlanned(view, style, detail), ...retryButtons(change, view.now)];
    case 'cancelled':
      return [...cancelledOutcome(change), ...tasksIfPlanned(view, style, detail), ...undoButton(change)];
    case 'done':
      return [...doneOutcome(change), ...taskBlocks(view, style, detail), ...planButton(change)];
  }
}

const tasksIfPlanned = (view: CardView, style: CardStyle, detail: Detail): readonly Block[] =>
  wasStarted(view.change) ? taskBlocks(view, style, detail) : [];

const wasStarted = (change: Change): boolean => change.plan !== undefined && Object.keys(change.steps).length > 0;
