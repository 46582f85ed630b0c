import { isKnownEmoji, shortCodeOf } from './emoji.ts';
import type { Inline } from './text-tree.ts';

/** One construct of a notation: where its (sticky) pattern matches, `read` returns the meaning, or nothing. */
export interface InlineRule {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => Inline | undefined;
}

/** `:white_check_mark:`; an unknown short code stays text, as in Slack. */
export const emojiRule: InlineRule = {
  pattern: /:([a-z0-9_+-]+):/y,
  read: ([, name = '']) => (isKnownEmoji(name) ? { is: 'emoji', name } : undefined),
};

/** An emoji character, drawn like its short code so that no emoji font is needed. */
export const pictureRule: InlineRule = {
  pattern: /\p{Extended_Pictographic}\uFE0F?/uy,
  read: ([picture]) => {
    const name = shortCodeOf(picture);
    return name === undefined ? undefined : { is: 'emoji', name };
  },
};

/** A line break. */
export const breakRule: InlineRule = { pattern: /\n/y, read: () => ({ is: 'break' }) };

/** Parses running text with the rules of a notation; text that no rule matches stays text. */
export function parseInline(source: string, rules: readonly InlineRule[]): readonly Inline[] {
  const parts: Inline[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < source.length) {
    const found = firstMatch(source, at, rules);
    if (found === undefined) {
      at += 1;
      continue;
    }
    parts.push(...plain(source.slice(plainFrom, at)), found.inline);
    at += found.length;
    plainFrom = at;
  }
  return [...parts, ...plain(source.slice(plainFrom))];
}

function firstMatch(
  source: string,
  at: number,
  rules: readonly InlineRule[],
): { readonly inline: Inline; readonly length: number } | undefined {
  for (const { pattern, read } of rules) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    // A rule may call itself for the inner text: its own match is complete before that.
    const inline = match === null ? undefined : read(match);
    if (match !== null && inline !== undefined) return { inline, length: match[0].length };
  }
  return undefined;
}

function plain(text: string): readonly Inline[] {
  return text === '' ? [] : [{ is: 'text', text: decodeEntities(text) }];
}

/** Slack escapes exactly these three characters: docs.slack.dev/messaging/formatting-message-text, "Escaping text". */
export function decodeEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Whether a link is allowed: web and mail addresses only, never `javascript:`. */
export function isSafeUrl(url: string): boolean {
  return /^(https?:\/\/|mailto:)/i.test(url);
}
