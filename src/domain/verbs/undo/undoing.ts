import { refuse } from '../../answers/refusal.ts';
import type { Undoing } from '../half-way.ts';

/** An `undo` cannot be undone. */
export const undoingAnUndo: Undoing = ({ id }) =>
  refuse(
    'not-undoable',
    `${id} is itself an undo, and an undo cannot be undone.`,
    'If it failed, click Retry from here on its card.',
  );
