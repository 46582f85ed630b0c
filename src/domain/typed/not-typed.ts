import { type Refusal, refuse } from '../answers/refusal.ts';

/** What people type although it is done in another way: as a button, by reading the card, or with another verb. */
interface Elsewhere {
  readonly words: readonly string[];
  readonly says: string;
  readonly tryNext: string;
}

const ELSEWHERE: readonly Elsewhere[] = [
  {
    words: ['approve', 'deny', 'reject', 'cancel', 'abort', 'stop', 'retry'],
    says: 'is done with a button on the card of the change.',
    tryNext: 'Press Approve, Deny, Cancel or Retry from here there: each is on the card while it would count.',
  },
  {
    words: ['status', 'show', 'list', 'progress', 'log', 'logs', 'history'],
    says: 'is not a command: the card of each change shows how it stands.',
    tryNext: 'Look at its card in the channel. What is frozen or locked: /registry-ha help',
  },
  {
    words: ['verify', 'check', 'prove'],
    says: 'is not a command: add itself looks at everything first, and says so when a registry is whole.',
    tryNext: 'For example: /registry-ha add node-2. Nothing is done before somebody approves the plan.',
  },
  {
    words: ['remove', 'delete'],
    says: 'is not a command: a whole registry is taken away by hand.',
    tryNext:
      'Read docs/commands.md, “Remove a registry by hand”. For a change that failed or was cancelled: /registry-ha undo lab-7f3k2q',
  },
];

/** Where to do what this word asks for; null for a word that means nothing here. */
export function notTyped(word: string): Refusal | null {
  const found = ELSEWHERE.find(({ words }) => words.includes(word.toLowerCase()));
  return found === undefined ? null : refuse('bad-command', `“${word}” ${found.says}`, found.tryNext);
}
