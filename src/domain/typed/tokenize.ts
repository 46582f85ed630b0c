/** One typed word, without its quotes. */
export interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** The typed text as words. */
export interface Words {
  readonly words: readonly Word[];
  /** The quote without a closing quote; null when there is none. */
  readonly unclosed: string | null;
}

// Phones and office programs replace straight quotes by the others.
const DOUBLE = '"“”„‟«»〝〞〟＂';
const SINGLE = "'‘’‚‛‹›′＇";

/** Text as one quoted word. Double quotes inside become single ones. */
export const quoted = (text: string): string =>
  `"${[...text].map((letter) => (DOUBLE.includes(letter) ? "'" : letter)).join('')}"`;

/**
 * Splits text at spaces outside quotes. A quote opens at the start of a word or after `=`, and closes before a space or the end, so
 * that an apostrophe inside a word is plain text. A backslash is plain text too.
 */
export function tokenize(text: string): Words {
  const words: Word[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const { word, length, unclosed } = firstWord(rest);
    if (unclosed !== null) return { words, unclosed };
    words.push(word);
    rest = rest.slice(length).trimStart();
  }
  return { words, unclosed: null };
}

interface FirstWord {
  readonly word: Word;
  /** Characters of the word, including its quotes. */
  readonly length: number;
  readonly unclosed: string | null;
}

function firstWord(text: string): FirstWord {
  const plain = /^[^\s=]*=?/.exec(text)?.[0] ?? '';
  const prefix = quotesAt(text, 0) === null && plain.endsWith('=') ? plain : '';
  const quotes = quotesAt(text, prefix.length);
  if (quotes === null) {
    const word = /^\S+/.exec(text)?.[0] ?? '';
    return { word: { text: word, isQuoted: false }, length: word.length, unclosed: null };
  }
  const inside = text.slice(prefix.length + 1);
  const end = closingAt(inside, quotes);
  const word = { text: prefix + inside.slice(0, end), isQuoted: true };
  if (end === -1) return { word, length: text.length, unclosed: text.charAt(prefix.length) };
  return { word, length: prefix.length + end + 2, unclosed: null };
}

/** The characters that may close the quote at this index; null when there is no quote. */
function quotesAt(text: string, index: number): string | null {
  const letter = text.charAt(index);
  if (letter === '') return null;
  if (DOUBLE.includes(letter)) return DOUBLE;
  return SINGLE.includes(letter) ? SINGLE : null;
}

function closingAt(inside: string, quotes: string): number {
  for (let index = 0; index < inside.length; index += 1) {
    const next = inside.charAt(index + 1);
    if (quotes.includes(inside.charAt(index)) && (next === '' || /\s/.test(next))) return index;
  }
  return -1;
}
