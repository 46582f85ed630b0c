import type { ChangeId } from '../change/change.ts';
import type { Intent } from '../plan/intent.ts';

/** What somebody wants to be changed: a new change, or the undo of one, whose record says what it was about. */
export type ChangeWish =
  | { readonly is: 'change'; readonly intent: Intent }
  | { readonly is: 'undo-of'; readonly undoes: ChangeId; readonly reason?: string };
