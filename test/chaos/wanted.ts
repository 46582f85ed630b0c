/**
 * The scenarios that these words mean, parted by `|`: the one of exactly this name, else all whose names hold the word. A pair has
 * the names of two others in its own, so only a word that begins with `pair` means pairs; no word at all means everything.
 */
export function wantedOf<T extends { readonly name: string }>(all: readonly T[], words: string): readonly T[] {
  const wanted = new Set(words.split('|').flatMap((word) => meantBy(word, all)));
  return all.filter((one) => wanted.has(one));
}

function meantBy<T extends { readonly name: string }>(word: string, all: readonly T[]): readonly T[] {
  const exact = all.filter(({ name }) => name === word);
  if (word === '' || exact.length > 0) return word === '' ? all : exact;
  return all.filter(({ name }) => name.includes(word) && name.startsWith('pair') === word.startsWith('pair'));
}
