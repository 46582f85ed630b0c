/** Slack refuses longer texts: Block Kit reference, section block, field `text`. */
export const SECTION_LIMIT = 3000;
/** Block Kit reference, header block, field `text`. */
export const HEADER_LIMIT = 150;
/** Blocks of one message: Block Kit reference, "Blocks". */
export const BLOCKS_LIMIT = 50;
/** Slack answers msg_blocks_too_long at about 13 200 characters of all blocks together (slackapi/bolt-js issue 2509), undocumented. */
export const ALL_BLOCKS_LIMIT = 11_000;
/** `text` of a message: more is truncated, less is recommended (docs.slack.dev, chat.postMessage). */
export const TEXT_LIMIT = 3900;

const ELLIPSIS = '…';
/** The longest of what must stay whole: an entity such as `&amp;`, or a mention or date of ours in angle brackets. */
const UNFINISHED = /&[a-z]{0,4}$|<[^>]*$/;

/** The text when it has at most `limit` characters, else its beginning; entities, surrogate pairs and our own mentions stay whole. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const start = text.slice(0, Math.max(0, limit - ELLIPSIS.length)).replace(UNFINISHED, '');
  return `${start.replace(/[\uD800-\uDBFF]$/, '')}${ELLIPSIS}`;
}

/** The text when it has at most `limit` characters, else its end; entities and surrogate pairs stay whole. */
export function cutStart(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const from = text.length - Math.max(0, limit - ELLIPSIS.length);
  const end = text.slice(from).replace(/^[\uDC00-\uDFFF]/, '');
  return `${ELLIPSIS}${/&[a-z]{0,3}$/.test(text.slice(0, from)) ? end.replace(/^[a-z]{0,3};/, '') : end}`;
}

/** What a list may take. */
export interface Room {
  readonly lines: number;
  readonly characters: number;
}

/** A line that is cut keeps at least this, else it says nothing. */
const LINE_AT_LEAST = 200;

/** As many lines as there is room for, then one that counts the rest: `… and 23 more`. No line takes the room of the others. */
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

/** The line that stands for those that found no room. */
export const more = (rest: number): string => `… and ${rest} more`;

/** Can Slack take these blocks in one message, all limits together? */
export function fitsMessage(blocks: readonly unknown[]): boolean {
  return blocks.length <= BLOCKS_LIMIT && JSON.stringify(blocks).length <= ALL_BLOCKS_LIMIT;
}
