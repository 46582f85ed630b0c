import type { ChangeEvent } from './change.ts';

/** Does an entry open its change (again), end it, or neither? */
export type Effect = 'opens' | 'ends' | 'none';

const EFFECTS: Readonly<Record<ChangeEvent['type'], Effect>> = {
  requested: 'opens',
  planned: 'none',
  refused: 'ends',
  voted: 'none',
  approved: 'opens',
  denied: 'ends',
  expired: 'ends',
  started: 'opens',
  found: 'none',
  'undo-asked': 'none',
  undone: 'none',
  'cancel-requested': 'none',
  cancelled: 'ends',
  'step-started': 'none',
  'job-started': 'none',
  'step-done': 'none',
  'step-failed': 'none',
  failed: 'ends',
  done: 'ends',
};

export const effectOf = ({ type }: ChangeEvent): Effect => EFFECTS[type];

/** Is the change over with this entry, at least until somebody approves it again? */
export const endsChange = (event: ChangeEvent): boolean => effectOf(event) === 'ends';
