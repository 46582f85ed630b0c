/** Typed text for a reply, at most 60 characters. */
export function clipped(word: string): string {
  const letters = [...word.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '')];
  return letters.length <= 60 ? letters.join('') : `${letters.slice(0, 59).join('')}…`;
}
