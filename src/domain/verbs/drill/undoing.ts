import { refuse } from '../../answers/refusal.ts';
import type { Undoing } from '../half-way.ts';

/** A drill leaves nothing: whatever its end, the bootstrap's registry comes back by itself. */
export const undoingADrill: Undoing = ({ id }) =>
  refuse(
    'nothing-to-undo',
    `${id} is a drill. It puts the bootstrap’s registry back by itself, so there is nothing to undo.`,
    'To see that every registry is there: /registry-ha status',
  );
