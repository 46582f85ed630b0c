import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { type ChangeId, changeIdFrom } from '../change/change-id.ts';
import { sortedWords } from '../typed/flags.ts';
import type { Word } from '../typed/tokenize.ts';

/** The only word behind a question that takes one change. */
export function oneChange(
  words: readonly Word[],
  question: string,
  example: string,
  clusters: readonly string[],
): ChangeId | Refusal {
  const typed = sortedWords(words, { valued: [], switches: [], example });
  if (isRefusal(typed)) return typed;
  const [first, ...more] = typed.plain;
  if (first === undefined || more.length > 0)
    return refuse('bad-command', `${question} takes one change ID.`, `For example: ${example}`);
  return changeIdFrom(first, clusters, `Copy the ID from the card. For example: ${example}`);
}
