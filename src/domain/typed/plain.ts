/**
 * Text without invisible characters and with plain spaces. Phones, wikis and chat programs add others. Line breaks stay, and so do the
 * characters that turn the order of what follows: with one of them, the person read another text.
 */
export const visible = (text: string): string =>
  text
    .replaceAll(/(?![\u202a-\u202e\u2066-\u2069])\p{Cf}|\u115f|\u1160|\u3164|[\ufe00-\ufe0f]/gu, '')
    .replaceAll(/[\p{Zs}\t]/gu, ' ');

/** A word with plain letters, digits and hyphens instead of their full-width or typographic forms. */
export const plainWord = (word: string): string => word.normalize('NFKC').replaceAll(/[\p{Pd}\u2212]/gu, '-');

/** The same for a flag: phones turn two hyphens into one long dash. What follows `=` stays as typed. */
export function plainFlag(word: string): string {
  const at = word.indexOf('=');
  const [name, value] = at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at)];
  return `${plainWord(name.replace(/^[\u2012-\u2015\u2212\u2e3a\u2e3b]/, '--'))}${value}`;
}
