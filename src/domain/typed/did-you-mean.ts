/** A question with every word that is equally near; empty without one, or with too many to help. */
export function didYouMean(words: readonly string[]): string {
  if (words.length === 0 || words.length > MOST) return '';
  return ` Did you mean ${words.map((word) => `“${word}”`).join(' or ')}?`;
}

const MOST = 4;
