import { isRefusal, type Refusal } from '../answers/refusal.ts';
import type { Verb } from '../plan/intent.ts';
import type { ChangeWish } from '../typed/change-wish.ts';
import type { CommandContext } from '../typed/cluster.ts';
import { exampleOf, suggested } from '../typed/example.ts';
import { typedWords } from '../typed/flags.ts';
import { plainFlag } from '../typed/plain.ts';
import type { Word } from '../typed/tokenize.ts';
import { verbPlug } from './verbs.ts';

/** A change as typed. */
export interface TypedChange {
  readonly wish: ChangeWish;
  /** Only its plan is wanted. */
  readonly isDryRun: boolean;
  /** Only a proof is wanted, without a change (`drill --dry`). */
  readonly isProofOnly: boolean;
}

/** The words behind a verb. Every verb takes `--dry-run`. */
export function parseVerb(verb: Verb, words: readonly Word[], context: CommandContext): TypedChange | Refusal {
  const { takes, valued, switches, parse, form } = verbPlug(verb);
  const own = { valued, switches: [...switches, '--dry-run'] as const };
  const isDryRun = context.isDryRun ?? words.some(({ text }) => plainFlag(text).toLowerCase() === '--dry-run');
  const asked = { ...context, isDryRun };
  const said = suggested(verb, asked);
  const mayNameNone = form !== null && form.withoutNodes !== null;
  const command = { verb: said, takes, mayNameNone, ...own, example: exampleOf(said, takes) };
  const typed = typedWords(command, words);
  if (isRefusal(typed)) return typed;
  const wish = parse(typed, asked);
  if (isRefusal(wish)) return wish;
  return { wish, isDryRun: typed.switches.has('--dry-run'), isProofOnly: typed.switches.has('--dry') };
}
