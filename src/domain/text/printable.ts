const ESCAPE = String.fromCodePoint(0x1b);
const BELL = String.fromCodePoint(0x07);
/** Sequences for terminals, by ESC or by the single characters that mean the same: CSI, OSC, and the short ones. */
const SEQUENCES = new RegExp(
  `(?:${ESCAPE}\\[|\\u009b)[0-?]*[ -/]*[@-~]|(?:${ESCAPE}\\]|\\u009d)[^${BELL}${ESCAPE}\\u009c]*(?:${BELL}|${ESCAPE}\\\\|\\u009c)?|${ESCAPE}[ -/]*[0-~]`,
  'g',
);

/** Foreign text for one line of a terminal or a log: nothing colours it, moves the cursor, turns or hides what stands around. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(SEQUENCES, '')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '');
}

/** A line of JSON in which such characters are written as escapes; what it says stays the same. */
export function printableJson(line: string): string {
  return line.replaceAll(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
