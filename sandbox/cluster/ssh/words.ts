/** The words of a command line, or bash's error for anything beyond words. */
export type SplitLine =
  | { readonly is: 'words'; readonly words: readonly string[] }
  | { readonly is: 'refused'; readonly says: string };

/** Unquoted, these would make a shell do more than run one program; so do `$` and a backtick in double quotes. */
const META = /[|&;<>()$`*?[\]{}\n\r!]/;

/**
 * Splits a command line by POSIX quoting (XCU §2.2), without any expansion. Anything that needs a shell is rejected, so
 * a client that forgets to quote fails.
 */
export function splitWords(line: string): SplitLine {
  const words: string[] = [];
  for (let rest = withoutBlanks(line); rest !== ''; ) {
    const word = oneWord(rest);
    if (typeof word === 'string') return { is: 'refused', says: word };
    words.push(word.text);
    rest = withoutBlanks(rest.slice(word.length));
  }
  return { is: 'words', words };
}

function withoutBlanks(line: string): string {
  return line.replace(/^[ \t]+/, '');
}

interface Piece {
  readonly text: string;
  readonly length: number;
}

function oneWord(rest: string): Piece | string {
  let text = '';
  let at = 0;
  while (at < rest.length && !/[ \t]/.test(rest.charAt(at))) {
    const piece = onePiece(rest.slice(at), at === 0);
    if (typeof piece === 'string') return piece;
    text += piece.text;
    at += piece.length;
  }
  return { text, length: at };
}

function onePiece(rest: string, isFirst: boolean): Piece | string {
  const first = rest.charAt(0);
  if (first === "'") return singleQuoted(rest);
  if (first === '"') return doubleQuoted(rest);
  if (first === '\\') return rest.length > 1 ? { text: rest.charAt(1), length: 2 } : unfinished('\\');
  if (META.test(first) || (isFirst && (first === '#' || first === '~'))) return unexpected(first);
  return { text: first, length: 1 };
}

function singleQuoted(rest: string): Piece | string {
  const end = rest.indexOf("'", 1);
  return end < 0 ? unfinished("'") : { text: rest.slice(1, end), length: end + 1 };
}

function doubleQuoted(rest: string): Piece | string {
  let text = '';
  for (let at = 1; at < rest.length; at += 1) {
    const letter = rest.charAt(at);
    if (letter === '"') return { text, length: at + 1 };
    if (letter === '$' || letter === '`') return unexpected(letter);
    const isEscape = letter === '\\' && /["\\$`\n]/.test(rest.charAt(at + 1));
    if (isEscape) at += 1;
    text += isEscape ? rest.charAt(at) : letter;
  }
  return unfinished('"');
}

function unexpected(letter: string): string {
  return `bash: -c: line 1: syntax error near unexpected token \`${letter === '\n' ? 'newline' : letter}'`;
}

function unfinished(quote: string): string {
  return `bash: -c: line 1: unexpected EOF while looking for matching \`${quote}'`;
}
