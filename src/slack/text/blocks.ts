import type { types } from '@slack/bolt';
import { utc } from '../../domain/text/format.ts';
import { clean } from '../../domain/text/printable.ts';
import { CONTEXT_LIMIT, cut, HEADER_LIMIT, SECTION_LIMIT } from './fit.ts';

/** A message: blocks, and a text for notifications and screen readers. */
export interface Drawing {
  readonly text: string;
  readonly blocks: readonly types.KnownBlock[];
}

export type Block = types.KnownBlock;

/** A modal or a Home of blocks that we know. */
export type Modal = types.ModalView & { blocks: Block[] };
export type Home = types.HomeView & { blocks: Block[] };
type RichTextPart = types.RichTextBlock['elements'][number];

/** Slack rejects empty texts, and cleaning may leave nothing. */
const shown = (text: string): string => clean(text) || '–';

/** A heading in plain text, which needs no escaping. */
export const header = (text: string): Block => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(shown(text), HEADER_LIMIT), emoji: false },
});

/** A paragraph of mrkdwn. Foreign text in it must already be escaped. */
export const section = (mrkdwn: string): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(mrkdwn, SECTION_LIMIT) },
});

/** Small print in mrkdwn. */
export const context = (mrkdwn: string): Block => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cut(mrkdwn, CONTEXT_LIMIT) }],
});

/** A list with a title; nothing for an empty list. */
export function listed(title: string, lines: readonly string[]): readonly Block[] {
  if (lines.length === 0) return [];
  return [section([`*${title}*`, ...lines.map((line) => `• ${line}`)].join('\n'))];
}

/** A list of any length, in as many sections as it needs. */
export function wholeList(title: string, lines: readonly string[]): readonly Block[] {
  const parts: string[] = [];
  let part = `*${title}*`;
  for (const line of lines) {
    const next = `• ${cut(line, SECTION_LIMIT / 2)}`;
    if (part.length + 1 + next.length > SECTION_LIMIT) {
      parts.push(part);
      part = next;
    } else part = `${part}\n${next}`;
  }
  return lines.length === 0 ? [] : [...parts, part].map(section);
}

/** Rich text has no markup, so it needs no escaping. */
export const richText = (parts: readonly RichTextPart[]): Block => ({ type: 'rich_text', elements: [...parts] });

export const words = (text: string, style?: { readonly bold: true }): RichTextPart => ({
  type: 'rich_text_section',
  elements: [{ type: 'text', text: shown(text), ...(style === undefined ? {} : { style }) }],
});

/** `since 10:04`, in the reader's time zone. */
export const sinceThen = (iso: string): RichTextPart => ({
  type: 'rich_text_section',
  elements: [
    { type: 'text', text: 'since ' },
    {
      type: 'date',
      timestamp: Math.floor(Date.parse(iso) / 1000),
      format: '{date_short_pretty} at {time}',
      fallback: utc(iso),
    },
  ],
});

export const preformatted = (text: string): RichTextPart => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: shown(text) }],
});

/** In a smaller card, a list of steps goes first. */
const STEPS_FROM = 400;

/** A block with texts of at most `most` characters. Headings and buttons are short already. */
export function shortened(block: Block, most: number): readonly Block[] {
  switch (block.type) {
    case 'section':
      return [
        block.text === undefined ? block : { ...block, text: { ...block.text, text: cut(block.text.text, most) } },
      ];
    case 'context':
      return [
        {
          ...block,
          elements: block.elements.map((one) => ('text' in one ? { ...one, text: cut(one.text, most) } : one)),
        },
      ];
    case 'rich_text':
    case 'plan':
      return most < STEPS_FROM ? [] : [block];
    default:
      return [block];
  }
}
