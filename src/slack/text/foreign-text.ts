import { clean, cleanLine } from '../../domain/text/printable.ts';

// Signs that begin or end bold, italic and struck text. Slack has no way to escape them; `~user/…` is a path and begins nothing alone.
const FORMATTING = /(?<![\p{L}\p{N}])[*_](?=\S)|(?<![\p{L}\p{N}])~(?=\S)(?![\w.-]*\/)|(?<=\S)[*_~](?![\p{L}\p{N}])/gu;
const LOOKS_LIKE: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼' };

/** Words in which nothing is formatted; between backticks, where our sentences set commands, everything stays as it is. */
function unformatted(line: string): string {
  const pieces = line.split('`');
  const isPaired = pieces.length % 2 === 1;
  const last = pieces.length - 1;
  return pieces
    .map((piece, n) => (n % 2 === 1 && (isPaired || n !== last) ? piece : piece.replaceAll(FORMATTING, likeness)))
    .reduce((text, piece, n) => `${text}${n === last && !isPaired ? "'" : '`'}${piece}`);
}

const likeness = (sign: string): string => LOOKS_LIKE[sign] ?? sign;

const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Foreign text for mrkdwn, on one line: it can make no mention, link or date (docs.slack.dev, "Escaping text"), and formats nothing. */
export const escaped = (text: string): string => entities(unformatted(cleanLine(text)));

/** Foreign text as one piece of code inside mrkdwn, where no backtick can be escaped. */
export const code = (text: string): string => `\`${entities(cleanLine(text)).replaceAll('`', "'")}\``;

/** Foreign text for a block of code inside mrkdwn, line by line, to the letter; only what would end the block is another sign. */
export const codeLines = (text: string): string => entities(clean(text).trim()).replaceAll('```', "'''");
