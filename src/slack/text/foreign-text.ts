import { clean, cleanLine } from '../../domain/text/printable.ts';

// Characters that begin or end bold, italic and struck text, which Slack cannot escape. `~user/…` is a path and stays.
const FORMATTING = /(?<![\p{L}\p{N}])[*_](?=\S)|(?<![\p{L}\p{N}])~(?=\S)(?![\w.-]*\/)|(?<=\S)[*_~](?![\p{L}\p{N}])/gu;
const LOOKS_LIKE: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼' };

/** Removes formatting, except in backticks, where our sentences put commands. */
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

/** Foreign text for mrkdwn, on one line, without mentions, links, dates (docs.slack.dev, "Escaping text") or formatting. */
export const escaped = (text: string): string => entities(unformatted(cleanLine(text)));

/** Foreign text as inline code in mrkdwn, where backticks cannot be escaped. */
export const code = (text: string): string => `\`${entities(cleanLine(text)).replaceAll('`', "'")}\``;

/** Foreign text for a code block in mrkdwn, unchanged except for triple backticks. */
export const codeLines = (text: string): string => entities(clean(text).trim()).replaceAll('```', "'''");
