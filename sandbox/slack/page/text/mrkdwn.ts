import {
  breakRule,
  decodeEntities,
  emojiRule,
  type InlineRule,
  isSafeUrl,
  parseInline,
  pictureRule,
} from './inline-parser.ts';
import { formatSlackDate } from './slack-date.ts';
import type { Inline, Paragraph, TextStyle } from './text-tree.ts';

/** Parses mrkdwn: docs.slack.dev/messaging/formatting-message-text. */
export function parseMrkdwn(source: string): readonly Paragraph[] {
  // Odd pieces are the insides of ``` fences.
  return source
    .split(/```\n?([\s\S]*?)\n?```\n?/)
    .flatMap((piece, index) => (index % 2 === 1 ? [preformatted(piece)] : parseLines(piece)));
}

/** Parses the text of a `plain_text` object, which supports only emoji. */
export function parsePlainText(source: string): readonly Inline[] {
  return parseInline(source.replaceAll('&', '&amp;'), [emojiRule, pictureRule, breakRule]);
}

function preformatted(piece: string): Paragraph {
  return { is: 'preformatted', text: decodeEntities(piece) };
}

const QUOTE = /^(?:>|&gt;) ?/;
const BULLET = /^\s*[•◦▪-] +/;

type LineKind = 'quote' | 'list' | 'paragraph';

function kindOf(line: string): LineKind {
  if (QUOTE.test(line)) return 'quote';
  return BULLET.test(line) ? 'list' : 'paragraph';
}

function parseLines(piece: string): readonly Paragraph[] {
  const runs: { readonly kind: LineKind; readonly lines: string[] }[] = [];
  for (const line of piece.split('\n')) {
    const last = runs.at(-1);
    if (last?.kind === kindOf(line)) last.lines.push(line);
    else runs.push({ kind: kindOf(line), lines: [line] });
  }
  return runs.map(({ kind, lines }) => paragraphOf(kind, lines)).filter(hasContent);
}

function paragraphOf(kind: LineKind, lines: readonly string[]): Paragraph {
  if (kind === 'quote')
    return { is: 'quote', of: parseMrkdwn(lines.map((line) => line.replace(QUOTE, '')).join('\n')) };
  if (kind === 'list') {
    const items = lines.map((line) => parseInline(line.replace(BULLET, ''), RULES));
    return { is: 'list', ordered: false, indent: 0, items };
  }
  return { is: 'paragraph', of: parseInline(lines.join('\n').replace(/^\n|\n$/g, ''), RULES) };
}

function hasContent(part: Paragraph): boolean {
  return part.is !== 'paragraph' || part.of.length > 0;
}

const RULES: readonly InlineRule[] = [
  { pattern: /`([^`\n]+)`/y, read: ([, code = '']) => ({ is: 'code', text: decodeEntities(code) }) },
  { pattern: /<([^<>\n]+)>/y, read: ([source, inner = '']) => readAngle(source, inner) },
  emphasis('\\*', 'bold'),
  emphasis('_', 'italic'),
  emphasis('~', 'strike'),
  emojiRule,
  pictureRule,
  breakRule,
];

function emphasis(mark: string, style: TextStyle): InlineRule {
  // Slack requires word boundaries outside the marks and no space just inside them.
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}${mark}])${mark}(?=\\S)([^\\n]*?\\S)${mark}(?![\\p{L}\\p{N}${mark}])`,
    'uy',
  );
  return { pattern, read: ([, inner = '']) => ({ is: 'styled', style, of: parseInline(inner, RULES) }) };
}

function readAngle(source: string, inner: string): Inline | undefined {
  const [target = '', label] = splitOnce(inner, '|');
  if (target.startsWith('@')) return { is: 'person', id: target.slice(1), label };
  if (target.startsWith('#')) return { is: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return readSpecial(source, target, label);
  if (!isSafeUrl(target)) return undefined;
  const url = decodeEntities(target);
  return { is: 'link', url, of: label === undefined ? [{ is: 'text', text: url }] : parseInline(label, [emojiRule]) };
}

/** `<!date^…>` is a date. `<!channel>`, `<!here>` and groups notify many people, so they are shown as written. */
function readSpecial(source: string, target: string, label: string | undefined): Inline {
  const [, seconds, format = ''] = target.split('^');
  if (!target.startsWith('!date^')) return { is: 'broadcast', source };
  return { is: 'text', text: formatSlackDate(Number(seconds), format) ?? label ?? source };
}

function splitOnce(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
