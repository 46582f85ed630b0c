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
    words: ['update', 'upgrade', 'patch', 'downgrade'],
    says: 'is not a command: registry-ha does not upgrade MetalK8s.',
    tryNext:
      'Upgrade with MetalK8s’ own scripts. Before and after it, run /registry-ha sync: every registry gets the new archives.',
  },
];

/** Near words for each command. */
const MEANS: Readonly<Record<string, readonly string[]>> = {
  add: ['install', 'create', 'deploy', 'enable', 'new', 'setup', 'request', 'apply', 'run', 'start'],
  remove: ['delete', 'rm', 'del', 'uninstall', 'drop', 'destroy', 'unregister', 'withdraw'],
  sync: ['refresh', 'resync', 'synchronize', 'synchronise', 'reconcile', 'mirror'],
  drill: ['failover', 'rehearse', 'exercise'],
  undo: ['rollback', 'roll-back', 'revert', 'reset', 'restore', 'back'],
  freeze: ['pause', 'hold', 'suspend'],
  unfreeze: ['resume', 'unpause', 'continue', 'thaw', 'release'],
  lock: ['block', 'disable', 'exclude'],
  unlock: ['unblock', 'include'],
  verify: ['check', 'prove', 'proof', 'test', 'compare', 'validate'],
  changes: ['list', 'ls', 'jobs', 'tasks', 'pending'],
  show: ['get', 'describe', 'progress', 'state', 'view', 'details'],
  help: ['info', 'usage', 'man', 'commands', 'whoami', 'rights', 'permissions', 'version', 'about'],
};

/** A refusal that says what to use instead; null for an unknown word. */
export function notTyped(word: string): Refusal | null {
  const found = ELSEWHERE.find(({ words }) => words.includes(word.toLowerCase()));
  if (found !== undefined) return refuse('bad-command', `“${word}” ${found.says}`, found.tryNext);
  const [command] = Object.entries(MEANS).find(([, words]) => words.includes(word.toLowerCase())) ?? [];
  if (command === undefined) return null;
  return refuse('bad-command', `There is no command “${word}”. Did you mean “${command}”?`, 'See /registry-ha help');
}
