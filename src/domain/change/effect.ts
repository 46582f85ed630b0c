import type { ChangeEvent } from './change.ts';

/** Whether an entry opens or reopens its change, ends it, or neither. */
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
  told: 'none',
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

/** True if the change ends with this entry; a retry may reopen it. */
export const endsChange = (event: ChangeEvent): boolean => effectOf(event) === 'ends';
