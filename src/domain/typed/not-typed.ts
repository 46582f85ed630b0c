import { type Refusal, refuse } from '../answers/refusal.ts';

/** Words that are no commands: a button, the card or another verb does this. */
interface Elsewhere {
  readonly words: readonly string[];
  readonly says: string;
  readonly tryNext: string;
}

const ELSEWHERE: readonly Elsewhere[] = [
  {
    words: ['approve', 'deny', 'reject', 'cancel', 'abort', 'stop', 'retry'],
    says: 'is a button on the card of the change.',
    tryNext: 'Click Approve, Deny, Cancel or Retry from here on the card. A card shows only the buttons that apply.',
  },
  {
    words: ['status', 'show', 'list', 'progress', 'log', 'logs', 'history'],
    says: 'is not a command: the card of each change shows its state.',
    tryNext: 'Read its card in the channel. To see what is frozen or locked: /registry-ha help',
  },
  {
    words: ['verify', 'check', 'prove'],
    says: 'is not a command: add checks everything first, and reports a registry that is complete.',
    tryNext: 'For example: /registry-ha add node-2. The cluster stays unchanged until a person approves the plan.',
  },
  {
    words: ['remove', 'delete'],
    says: 'is not a command: a complete registry is removed by hand.',
    tryNext:
      'Read docs/commands.md, “Remove a registry by hand”. For a change that failed or was cancelled: /registry-ha undo lab-7f3k2q',
  },
];

/** A refusal that says what to use instead; null for an unknown word. */
export function notTyped(word: string): Refusal | null {
  const found = ELSEWHERE.find(({ words }) => words.includes(word.toLowerCase()));
  return found === undefined ? null : refuse('bad-command', `“${word}” ${found.says}`, found.tryNext);
}
