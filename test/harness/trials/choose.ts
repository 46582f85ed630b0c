/** The selected trials, or the words that match none. */
export type Choice<T> =
  | { readonly is: 'chosen'; readonly trials: readonly T[] }
  | { readonly is: 'unknown'; readonly words: readonly string[] };

/**
 * Selects trials by words separated with `|`: the trial with exactly that name, else all whose names contain the word.
 * Pairs contain the names of two others, so only a word that begins with `pair` selects them. No words select every
 * trial.
 */
export function choose<T extends { readonly name: string }>(all: readonly T[], only: string): Choice<T> {
  if (only === '') return { is: 'chosen', trials: all };
  const selected = only.split('|').map((word) => ({ word, trials: selectedBy(word, all) }));
  const words = selected.filter(({ trials }) => trials.length === 0).map(({ word }) => word);
  if (words.length > 0) return { is: 'unknown', words };
  const wanted = new Set(selected.flatMap(({ trials }) => trials));
  return { is: 'chosen', trials: all.filter((one) => wanted.has(one)) };
}

function selectedBy<T extends { readonly name: string }>(word: string, all: readonly T[]): readonly T[] {
  const exact = all.filter(({ name }) => name === word);
  if (word === '' || exact.length > 0) return exact;
  return all.filter(({ name }) => name.includes(word) && name.startsWith('pair') === word.startsWith('pair'));
}

/** The explanation for words that match no trial. */
export function unknownSentence(words: readonly string[], of: string): string {
  return `No ${of} is named ${words.map((word) => `“${word}”`).join(' or ')}. \`--list\` shows the names.`;
}
