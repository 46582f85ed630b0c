/** Characters: Block Kit reference, section block, field `text`. */
export const SECTION_LIMIT = 3000;
/** Characters of an element of a context block. Slack's reference names no figure; validators in use refuse more. */
export const CONTEXT_LIMIT = 2000;
/** Characters: Block Kit reference, header block, field `text`. */
export const HEADER_LIMIT = 150;
/** Blocks in one message: Block Kit reference, "Blocks". */
export const BLOCKS_LIMIT = 50;
/** Undocumented: msg_blocks_too_long at about 13,200 characters of all blocks together (slackapi/bolt-js issue 2509). */
export const ALL_BLOCKS_LIMIT = 11_000;
/** Characters of a message's `text`; Slack recommends at most 4,000 (docs.slack.dev, chat.postMessage). */
export const TEXT_LIMIT = 3900;

const ELLIPSIS = '…';
/** An incomplete entity such as `&am`, or an incomplete mention or date in angle brackets. */
const UNFINISHED = /&[a-z]{0,4}$|<[^>]*$/;

/** Cuts the end of a text to `limit` characters. Entities, surrogate pairs and mentions stay whole. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const start = text.slice(0, Math.max(0, limit - ELLIPSIS.length)).replace(UNFINISHED, '');
  return `${start.replace(/[\uD800-\uDBFF]$/, '')}${ELLIPSIS}`;
}

/** Cuts the start of a text to `limit` characters. Entities and surrogate pairs stay whole. */
export function cutStart(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const from = text.length - Math.max(0, limit - ELLIPSIS.length);
  const end = text.slice(from).replace(/^[\uDC00-\uDFFF]/, '');
  return `${ELLIPSIS}${/&[a-z]{0,3}$/.test(text.slice(0, from)) ? end.replace(/^[a-z]{0,3};/, '') : end}`;
}

/** The limits of a list. */
export interface Room {
  readonly lines: number;
  readonly characters: number;
}

/** Characters that a cut line keeps at least, to stay useful. */
const LINE_AT_LEAST = 200;

/** The lines that fit, then `… and 23 more`. No line may take the room of the others. */
export function fitLines(lines: readonly string[], { lines: most, characters }: Room): readonly string[] {
  if (lines.length <= most && lengthOf(lines) <= characters) return lines;
  const fitting: string[] = [];
  const reserved = more(lines.length).length + 1;
  const whole = characters - reserved - 1;
  const share = Math.min(whole, Math.max(LINE_AT_LEAST, Math.floor(whole / Math.min(lines.length, most))));
  for (const line of lines) {
    const next = cut(line, share);
    if (fitting.length + 1 > most || lengthOf([...fitting, next]) + reserved > characters) break;
    fitting.push(next);
  }
  const rest = lines.length - fitting.length;
  return rest === 0 ? fitting : [...fitting, more(rest)];
}

const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

export const more = (rest: number): string => `… and ${rest} more`;

/** True if Slack accepts these blocks in one message. */
export function fitsMessage(blocks: readonly unknown[], limit = ALL_BLOCKS_LIMIT): boolean {
  return blocks.length <= BLOCKS_LIMIT && JSON.stringify(blocks).length <= limit;
}
