import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import type { ChangeId } from '../change/change.ts';
import { isVerb, type Verb } from '../plan/intent.ts';
import { oneChange } from '../questions/one-change.ts';
import type { ChangeWish } from '../typed/change-wish.ts';
import type { CommandContext } from '../typed/cluster.ts';
import type { Word } from '../typed/tokenize.ts';
import { parseVerb } from '../verbs/parse-verb.ts';
import type { TerminalCommand, TerminalDecision } from './terminal-talk.ts';

/** A decision about a change, at the terminal. */
export interface DecisionHere {
  readonly is: 'decision';
  readonly kind: TerminalDecision;
  readonly change: ChangeId;
}

/** The words behind a command of the terminal that changes something. */
export function parseHere(
  command: TerminalCommand,
  words: readonly Word[],
  context: CommandContext,
): ChangeWish | DecisionHere | Refusal {
  if (isVerb(command)) return parseChange(command, words, context);
  const change = oneChange(words, command, `registry-ha ${command} lab-7f3k2q`, context.clusters);
  return isRefusal(change) ? change : { is: 'decision', kind: command, change };
}

function parseChange(verb: Verb, words: readonly Word[], context: CommandContext): ChangeWish | Refusal {
  const typed = parseVerb(verb, words, context);
  if (isRefusal(typed)) return typed;
  if (!typed.isDryRun && !typed.isProofOnly) return typed.wish;
  const way = typed.isProofOnly ? 'registry-ha verify' : `registry-ha plan ${verb}`;
  return refuse('bad-command', 'Here, a dry run is a command of its own.', `Run: ${way}`);
}
