import { isLogin } from './approval.ts';
import type { ChangeEvent } from './change.ts';

/** Who writes entries of a change's record. */
export type Author = 'bot' | 'worker';

const BOT: readonly Author[] = ['bot'];
const WORKER: readonly Author[] = ['worker'];

/** Who may write which entry; a new event type without authors does not compile. */
const AUTHORS: Readonly<Record<ChangeEvent['type'], readonly Author[]>> = {
  requested: ['bot', 'worker'],
  voted: BOT,
  approved: BOT,
  denied: BOT,
  expired: BOT,
  'cancel-requested': BOT,
  'undo-asked': BOT,
  // The worker cancels a running change; the bot cancels one that has not started, or has failed.
  cancelled: ['bot', 'worker'],
  // The bot only if it could not post the card.
  failed: ['bot', 'worker'],
  planned: WORKER,
  // The bot only to revoke the approval of a change that has not started.
  refused: ['bot', 'worker'],
  started: WORKER,
  found: WORKER,
  undone: WORKER,
  told: WORKER,
  'step-started': WORKER,
  'job-started': WORKER,
  'step-done': WORKER,
  'step-failed': WORKER,
  done: WORKER,
};

export function mayWrite(author: Author, event: ChangeEvent): boolean {
  if (isOfTerminal(event)) return author === 'worker' && (event.type !== 'requested' || event.retold !== undefined);
  // The worker restores from its journal what Redis has lost.
  if (event.type === 'requested') return author === (event.retold === undefined ? 'bot' : 'worker');
  if (event.type === 'failed' && author === 'bot') return event.failure.kind === NO_CARD;
  if (event.type === 'refused' && author === 'bot') return event.refusal.refused === 'approval-withdrawn';
  return AUTHORS[event.type].includes(author);
}

/** True for what people at the terminal have said, which their worker alone has heard. */
export function isOfTerminal(event: ChangeEvent): boolean {
  switch (event.type) {
    case 'requested':
      return event.terminal !== undefined || isLogin(event.requester.id);
    case 'approved':
      return event.signed.approval.approvers.some(isLogin);
    case 'voted':
    case 'denied':
    case 'undo-asked':
    case 'cancel-requested':
    case 'cancelled':
      return isLogin(event.by.id);
    default:
      return false;
  }
}

/** Failure kind of a change whose card could not be posted; the only kind that a bot writes. */
export const NO_CARD = 'no-card';
