import type { Refusal } from '../answers/refusal.ts';
import type { Change } from '../change/change.ts';
import type { CommandContext } from '../typed/cluster.ts';
import { visible } from '../typed/plain.ts';
import { parseCommand } from './parse-command.ts';
import type { Wish } from './wish.ts';

/** What one word means in the thread of a change's card. */
const OF_THE_CHANGE: Readonly<Record<string, (change: Change) => Wish>> = {
  why: ({ id }) => ({ is: 'question', question: 'why', ask: { change: id } }),
  show: ({ id }) => ({ is: 'question', question: 'show', ask: { change: id } }),
  log: ({ id }) => ({ is: 'question', question: 'log', ask: { change: id } }),
  cancel: (change) => decision('cancel', change),
  close: (change) => decision('cancel', change),
  retry: (change) => decision('retry', change),
  undo: ({ id }) => ({ is: 'undo-of', undoes: id }),
};

const decision = (kind: 'cancel' | 'retry', { id, digest = '' }: Change): Wish => ({
  is: 'decision',
  decision: { kind, change: id, digest },
});

/** The same as a typed command; in the thread of a card, a word alone is about its change. Only a button approves or denies. */
export function parseInThread(text: string, change: Change | null, context: CommandContext): Wish | Refusal {
  const word = visible(text).trim().toLowerCase();
  const meant = change !== null && Object.hasOwn(OF_THE_CHANGE, word) ? OF_THE_CHANGE[word] : undefined;
  return change === null || meant === undefined ? parseCommand(text, context) : meant(change);
}
