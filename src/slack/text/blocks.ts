import type { types } from '@slack/bolt';
import { clean } from '../../domain/text/printable.ts';
import { cut, HEADER_LIMIT, SECTION_LIMIT } from './fit.ts';

/** A message as it is drawn: blocks, and a text for notifications and screen readers. */
export interface Drawing {
  readonly text: string;
  readonly blocks: readonly types.KnownBlock[];
}

/** The blocks of Slack's Block Kit that cards are made of. */
export type Block = types.KnownBlock;
type RichTextPart = types.RichTextBlock['elements'][number];

/** Slack refuses empty texts, and what is cleaned may become empty. */
const shown = (text: string): string => clean(text) || '–';

/** A heading; plain text, so nothing in it is escaped. */
export const header = (text: string): Block => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(shown(text), HEADER_LIMIT), emoji: false },
});

/** A paragraph of mrkdwn, whose foreign parts are escaped already. */
export const section = (mrkdwn: string): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(mrkdwn, SECTION_LIMIT) },
});

/** Small print in mrkdwn. */
export const context = (mrkdwn: string): Block => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cut(mrkdwn, SECTION_LIMIT) }],
});

/** A titled list, or nothing when the list is empty. */
export function listed(title: string, lines: readonly string[]): readonly Block[] {
  if (lines.length === 0) return [];
  return [section([`*${title}*`, ...lines.map((line) => `• ${line}`)].join('\n'))];
}

/** Text in which nothing is markup, so that nothing needs escaping. */
export const richText = (parts: readonly RichTextPart[]): Block => ({ type: 'rich_text', elements: [...parts] });

/** A line of a rich text. */
export const words = (text: string, style?: { readonly bold: true }): RichTextPart => ({
  type: 'rich_text_section',
  elements: [{ type: 'text', text: shown(text), ...(style === undefined ? {} : { style }) }],
});

/** Lines exactly as they are, in a box. */
export const preformatted = (text: string): RichTextPart => ({
  type: 'rich_text_preformatted',
  elements: [{ type: 'text', text: shown(text) }],
});
