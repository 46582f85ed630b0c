import { againButton } from '../parts/again-button.ts';
import { cancelButton, decisionButtons, planButton, retryButtons, undoButton } from '../parts/buttons.ts';
import type { CardView } from '../parts/card-view.ts';
import { planSummary } from '../parts/plan-summary.ts';
import { shortenedToFit } from '../plan/fitting-blocks.ts';
import type { Block, Drawing } from '../text/blocks.ts';
import { ALL_BLOCKS_LIMIT } from '../text/fit.ts';
import { head } from './card-head.ts';
import { doubtCard } from './doubt-card.ts';
import { cancelledOutcome, doneOutcome, failedOutcome, refusedOutcome } from './outcome.ts';
import { runningSteps } from './running.ts';
import { isTooLate, statusText } from './status.ts';

/** The card of a change, in one message of at most `limit` characters. */
export function renderCard(view: CardView, limit = ALL_BLOCKS_LIMIT): Drawing {
  if (view.doubt !== undefined) return doubtCard(view.change, view.doubt);
  return { text: statusText(view), blocks: shortenedToFit([...head(view), ...body(view)], limit) };
}

function body(view: CardView): readonly Block[] {
  const { change } = view;
  switch (change.state) {
    case 'requested':
      return [];
    case 'denied':
    case 'expired':
      return againButton(change);
    case 'planned':
      if (isTooLate(change, view.now)) return againButton(change);
      return [...planSummary(change), ...decisionButtons(view)];
    case 'refused':
      return [...refusedOutcome(change), ...againButton(change)];
    case 'approved':
      return cancelButton(change);
    case 'applying':
      return [...runningSteps(view), ...cancelButton(change)];
    case 'failed':
      return [...failedOutcome(change), ...retryButtons(view)];
    case 'cancelled':
      return [...cancelledOutcome(change), ...undoButton(change)];
    case 'done':
      return [...doneOutcome(change), ...planButton(change)];
  }
}
