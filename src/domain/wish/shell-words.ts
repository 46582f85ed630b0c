import type { Word } from '../typed/tokenize.ts';

/** The words as the shell has split them; one with spaces was in quotes there. */
export const wordsFrom = (words: readonly string[]): readonly Word[] =>
  words.map((text) => ({ text, isQuoted: /\s/.test(text) }));
