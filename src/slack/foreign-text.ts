const ESCAPE = String.fromCodePoint(0x1b);
const BELL = String.fromCodePoint(0x07);
// ANSI sequences (CSI and OSC) of programs that believe they write to a terminal.
const ANSI = new RegExp(`${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?)`, 'g');
// Control characters but tab and newline, and format characters that turn or hide the text around them (right-to-left override).
const INVISIBLE = /[^\P{Cc}\t\n]|\p{Cf}/gu;

/** Text from outside without what could hide, turn or colour it; line ends become `\n`. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(ANSI, '')
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(INVISIBLE, '');
}

/** The same on one line. */
export const cleanLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim();

/** Foreign text for mrkdwn, on one line: no mention, link or date can be made by it (docs.slack.dev, "Escaping text"). */
export const escaped = (text: string): string =>
  cleanLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Foreign text as one piece of code inside mrkdwn, where no backtick can be escaped. */
export const code = (text: string): string => `\`${escaped(text).replaceAll('`', "'")}\``;
