/** Typed or printed text for a reply, shortened to this number of characters. */
export function clipped(word: string, limit = 60): string {
  const letters = [...word.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '')];
  return letters.length <= limit ? letters.join('') : `${letters.slice(0, limit - 1).join('')}…`;
}
