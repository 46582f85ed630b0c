import type { types } from '@slack/bolt';
import type { Change } from '../../domain/change/change.ts';
import { whyNotUndone } from '../../domain/verbs/undo/refusals.ts';
import { type Block, context } from '../text/blocks.ts';
import { code } from '../text/foreign-text.ts';
import { person } from '../text/names.ts';

/** `action_id` of the Undo button: no decision about the change, but a request for another one. */
export const UNDO_ACTION = 'registry-ha:undo';

/** Undo, for a change that stopped half-way with something done; none for any other. */
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
          'Nothing is done yet: a new card will show, with every command, what would take back what this change has done. Somebody else has to approve it.',
        ),
        confirm: plain('Plan the undo'),
        deny: plain('Not now'),
      },
    },
  ];
}

/** What has become of the undo, or who asked for it, and where it is. */
export function undoNote({ undoAsked, undoneBy }: Change): readonly Block[] {
  if (undoneBy !== undefined) return [context(`Undone by change ${code(undoneBy)}: nothing of it is left.`)];
  if (undoAsked === undefined) return [];
  return [context(`Undo asked by ${person(undoAsked.by)}: change ${code(undoAsked.change)} has a card of its own.`)];
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
