const ESCAPE = String.fromCodePoint(0x1b);
const BELL = String.fromCodePoint(0x07);
/** Terminal sequences (CSI, OSC and short ones), introduced by ESC or by its one-character form. */
const SEQUENCES = new RegExp(
  `(?:${ESCAPE}\\[|\\u009b)[0-?]*[ -/]*[@-~]|(?:${ESCAPE}\\]|\\u009d)[^${BELL}${ESCAPE}\\u009c]*(?:${BELL}|${ESCAPE}\\\\|\\u009c)?|${ESCAPE}[ -/]*[0-~]`,
  'g',
);

// Control characters except tab and newline, and format characters that reorder or hide text (right-to-left override).
const INVISIBLE = /[^\P{Cc}\t\n]|\p{Cf}/gu;

/** Foreign text without characters that hide, reorder or colour it or move a cursor; line ends become `\n`. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(SEQUENCES, '')
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(INVISIBLE, '');
}

/** The same on one line, trimmed. */
export const cleanLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim();

/** The same for one line of a terminal or log; spaces are kept. */
export const printable = (text: string): string => clean(text).replaceAll(/[\t\n]/g, ' ');

/** A line of JSON with such characters as escapes; the value is the same. */
export function printableJson(line: string): string {
  return line.replaceAll(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
