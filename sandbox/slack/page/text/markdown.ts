import { emojiRule, type InlineRule, isSafeUrl, parseInline, pictureRule } from './inline-parser.ts';
import type { Inline, Paragraph, TextStyle } from './text-tree.ts';

/** Parses the standard Markdown of a `markdown` block: headings, lists, quotes, fences, rules and emphasis. */
export function parseMarkdown(source: string): readonly Paragraph[] {
  return source
    .split(/^```[^\n]*\n([\s\S]*?)\n?^```[ \t]*$/m)
    .flatMap((piece, index) => (index % 2 === 1 ? [{ is: 'preformatted', text: piece } as const] : parseChunks(piece)));
}

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;
const QUOTE = /^>\s?/;
const HEADING = /^#{1,6}\s+/;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})\s*$/;

type LineKind = 'heading' | 'rule' | 'quote' | 'bullets' | 'numbers' | 'blank' | 'paragraph';

function kindOf(line: string): LineKind {
  if (line.trim() === '') return 'blank';
  if (RULE.test(line)) return 'rule';
  if (HEADING.test(line)) return 'heading';
  if (QUOTE.test(line)) return 'quote';
  if (!ITEM.test(line)) return 'paragraph';
  return /^\s*\d/.test(line) ? 'numbers' : 'bullets';
}

const STANDS_ALONE: ReadonlySet<LineKind> = new Set(['heading', 'rule']);

function parseChunks(piece: string): readonly Paragraph[] {
  const runs: { readonly kind: LineKind; readonly lines: string[] }[] = [];
  for (const line of piece.split('\n')) {
    const kind = kindOf(line);
    const last = runs.at(-1);
    if (last?.kind === kind && !STANDS_ALONE.has(kind)) last.lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.filter(({ kind }) => kind !== 'blank').map(({ kind, lines }) => paragraphOf(kind, lines));
}

function paragraphOf(kind: LineKind, lines: readonly string[]): Paragraph {
  const joined = lines.join('\n');
  switch (kind) {
    case 'rule':
      return { is: 'rule' };
    case 'heading':
      return { is: 'heading', of: inline(joined.replace(HEADING, '')) };
    case 'quote':
      return { is: 'quote', of: parseMarkdown(lines.map((line) => line.replace(QUOTE, '')).join('\n')) };
    case 'bullets':
    case 'numbers': {
      const items = lines.map((line) => inline(line.replace(ITEM, '')));
      return { is: 'list', ordered: kind === 'numbers', indent: 0, items };
    }
    default:
      return { is: 'paragraph', of: inline(joined) };
  }
}

const RULES: readonly InlineRule[] = [
  { pattern: /\\([\\`*_{}[\]()#+.!~>-])/y, read: ([, literal = '']) => ({ is: 'text', text: literal }) },
  { pattern: /`([^`\n]+)`/y, read: ([, code = '']) => ({ is: 'code', text: code }) },
  { pattern: /\[([^\]\n]+)\]\(([^()\s]+)\)/y, read: ([, label = '', url = '']) => link(url, label) },
  { pattern: /https?:\/\/[^\s<>)]+/y, read: ([url]) => link(url, url) },
  emphasis(/\*\*(?=\S)([^\n]*?\S)\*\*/y, 'bold'),
  emphasis(/~~(?=\S)([^\n]*?\S)~~/y, 'strike'),
  emphasis(/(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?!\w)/y, 'italic'),
  emphasis(/(?<!\w)_(?=\S)([^_\n]*?\S)_(?!\w)/y, 'italic'),
  emojiRule,
  pictureRule,
  { pattern: /\n/y, read: () => ({ is: 'break' }) },
];

function emphasis(pattern: RegExp, style: TextStyle): InlineRule {
  return { pattern, read: ([, inner = '']) => ({ is: 'styled', style, of: inline(inner) }) };
}

function link(url: string, label: string): Inline | undefined {
  return isSafeUrl(url) ? { is: 'link', url, of: [{ is: 'text', text: label }] } : undefined;
}

function inline(source: string): readonly Inline[] {
  return parseInline(source, RULES);
}
