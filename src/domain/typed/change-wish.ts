import type { ChangeId } from '../change/change.ts';
import type { Intent } from '../plan/intent.ts';

/** A requested change, or the undo of a change, whose intent is in its record. */
export type ChangeWish =
  | { readonly is: 'change'; readonly intent: Intent }
  | { readonly is: 'undo-of'; readonly undoes: ChangeId; readonly reason?: string };
