import type { types } from '@slack/bolt';
import type { Change } from '../../domain/change/change.ts';
import { whyNotUndone } from '../../domain/verbs/undoing.ts';
import { type Block, context } from '../text/blocks.ts';
import { code } from '../text/foreign-text.ts';
import { person } from '../text/names.ts';

/** `action_id` of the Undo button, which requests a new change. */
export const UNDO_ACTION = 'registry-ha:undo';

/** Undo, for a change that stopped after it did something; none for any other. */
export function undoButtons(change: Change): readonly types.Button[] {
  const { id, digest } = change;
  if (digest === undefined || change.undoneBy !== undefined || whyNotUndone(change) !== null) return [];
  return [
    {
      type: 'button',
      action_id: UNDO_ACTION,
      text: plain('Undo'),
      value: JSON.stringify({ change: id, digest }),
      confirm: {
        title: plain(`Undo ${id}?`.slice(0, 100)),
        text: plain(
          'The cluster stays unchanged for now. The bot posts a new card with every command of the undo. Another person must approve it.',
        ),
        confirm: plain('Plan the undo'),
        deny: plain('Not now'),
      },
    },
  ];
}

/** Who requested the undo, its change, and its result. */
export function undoNote({ undoAsked, undoneBy }: Change): readonly Block[] {
  if (undoneBy !== undefined) return [context(`Undone by change ${code(undoneBy)}. Nothing of it is left.`)];
  if (undoAsked === undefined) return [];
  return [context(`${person(undoAsked.by)} requested an undo. Change ${code(undoAsked.change)} has its own card.`)];
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
