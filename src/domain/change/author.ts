import type { ChangeEvent } from './change.ts';

/** Who writes entries of a change's record. */
export type Author = 'bot' | 'worker';

const BOT: readonly Author[] = ['bot'];
const WORKER: readonly Author[] = ['worker'];

/** Who may write which entry. A new type of event has to say so here before it compiles. */
const AUTHORS: Readonly<Record<ChangeEvent['type'], readonly Author[]>> = {
  requested: ['bot', 'worker'],
  voted: BOT,
  approved: BOT,
  denied: BOT,
  expired: BOT,
  'cancel-requested': BOT,
  'undo-asked': BOT,
  // A change that runs is cancelled by its worker; one that has not begun, or has failed, by the bot.
  cancelled: ['bot', 'worker'],
  // The bot ends only what it could not show.
  failed: ['bot', 'worker'],
  planned: WORKER,
  // The bot takes back only an approval that has not begun.
  refused: ['bot', 'worker'],
  started: WORKER,
  found: WORKER,
  undone: WORKER,
  'step-started': WORKER,
  'job-started': WORKER,
  'step-done': WORKER,
  'step-failed': WORKER,
  done: WORKER,
};

/** May this author write such an entry? */
export function mayWrite(author: Author, event: ChangeEvent): boolean {
  // What Redis has lost the worker tells again, as its journal has it.
  if (event.type === 'requested') return author === (event.retold === undefined ? 'bot' : 'worker');
  if (event.type === 'failed' && author === 'bot') return event.failure.kind === NO_CARD;
  if (event.type === 'refused' && author === 'bot') return event.refusal.refused === 'approval-withdrawn';
  return AUTHORS[event.type].includes(author);
}

/** `kind` of the failure of a change whose card could not be posted: the only one that a bot writes. */
export const NO_CARD = 'no-card';
