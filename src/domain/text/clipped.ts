/** Typed text goes back to who typed it, but not whole pages of it. */
export function clipped(word: string): string {
  const letters = [...word.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '')];
  return letters.length <= 60 ? letters.join('') : `${letters.slice(0, 59).join('')}…`;
}
