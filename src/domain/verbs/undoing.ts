import type { Refusal } from '../answers/refusal.ts';
import type { Change } from '../change/change.ts';
import type { Verb } from '../plan/intent.ts';
import { undoingAnAdd } from './add/undoing.ts';
import { undoingADrill } from './drill/undoing.ts';
import type { Undoing } from './half-way.ts';
import { undoingARemove } from './remove/undoing.ts';
import { undoingASync } from './sync/undoing.ts';
import { undoingAnUndo } from './undo/undoing.ts';

/** Which changes of each verb `undo` takes. It is beside VERBS, because `undo` itself is one of them. */
const UNDOING: Readonly<Record<Verb, Undoing>> = {
  add: undoingAnAdd,
  remove: undoingARemove,
  sync: undoingASync,
  drill: undoingADrill,
  undo: undoingAnUndo,
};

/** Why this change cannot be undone in its current state; null if it can. */
export const whyNotUndone = (change: Change): Refusal | null => UNDOING[change.intent.verb](change);
