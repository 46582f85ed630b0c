import { z } from 'zod';
import { address, identifier } from './text-objects.ts';

const flag = z.boolean().optional();
const style = z.strictObject({ bold: flag, italic: flag, strike: flag, code: flag, underline: flag }).optional();
const words = z.string().min(1);

const text = z.strictObject({ type: z.literal('text'), text: words, style });
const link = z.strictObject({ type: z.literal('link'), url: address, text: words.optional(), unsafe: flag, style });

const inline = z.discriminatedUnion('type', [
  text,
  link,
  z.strictObject({ type: z.literal('emoji'), name: words, unicode: words.optional(), url: address.optional(), style }),
  z.strictObject({ type: z.literal('user'), user_id: words, style }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: words, style }),
  z.strictObject({ type: z.literal('channel'), channel_id: words, style }),
  z.strictObject({ type: z.literal('team'), team_id: words, style }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style }),
  z.strictObject({ type: z.literal('color'), value: words, style }),
  z.strictObject({
    type: z.literal('date'),
    timestamp: z.number().int(),
    format: words,
    url: address.optional(),
    fallback: words.optional(),
    style,
  }),
]);

const border = z.union([z.literal(0), z.literal(1)]).optional();
const section = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(inline).min(1) });

const part = z.discriminatedUnion('type', [
  section,
  z.strictObject({
    type: z.literal('rich_text_list'),
    elements: z.array(section).min(1),
    style: z.enum(['bullet', 'ordered']),
    indent: z.number().int().min(0).max(8).optional(),
    border,
  }),
  z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(inline).min(1), border }),
  z.strictObject({
    type: z.literal('rich_text_preformatted'),
    elements: z.array(z.discriminatedUnion('type', [text, link])).min(1),
    border,
  }),
]);

export const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: identifier,
  elements: z.array(part).min(1),
});

/** The rich_text of a task card: its reference page allows exactly one element. */
export const taskText = richText.extend({ elements: z.array(part).length(1) });
