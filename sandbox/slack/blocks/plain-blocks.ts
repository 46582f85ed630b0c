import { z } from 'zod';
import {
  button,
  checkboxes,
  hasOneSource,
  imageElement,
  imageSource,
  multiStaticSelect,
  overflow,
  plainTextInput,
  staticSelect,
} from './elements.ts';
import { anyText, identifier, mrkdwn, plainText } from './text-objects.ts';

export const actions = z.strictObject({
  type: z.literal('actions'),
  block_id: identifier,
  elements: z
    .array(z.discriminatedUnion('type', [button, checkboxes, overflow, staticSelect]))
    .min(1)
    .max(25),
});

export const context = z.strictObject({
  type: z.literal('context'),
  block_id: identifier,
  elements: z
    .array(z.discriminatedUnion('type', [imageElement, plainText(2000), mrkdwn(2000)]))
    .min(1)
    .max(10),
});

export const divider = z.strictObject({ type: z.literal('divider'), block_id: identifier });

/** A large title; plain text only. */
export const header = z.strictObject({ type: z.literal('header'), block_id: identifier, text: plainText(150) });

export const image = z
  .strictObject({
    type: z.literal('image'),
    block_id: identifier,
    alt_text: z.string().min(1).max(2000),
    title: plainText(2000).optional(),
    ...imageSource,
  })
  .refine(hasOneSource, { message: 'must have either image_url or slack_file' });

/** A label with one input element. */
export const input = z.strictObject({
  type: z.literal('input'),
  block_id: identifier,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: z.discriminatedUnion('type', [plainTextInput, staticSelect, multiStaticSelect, checkboxes]),
});

/** Standard Markdown, translated by Slack. */
export const markdown = z.strictObject({
  type: z.literal('markdown'),
  block_id: identifier,
  text: z.string().min(1).max(12_000),
});

/** Text, or fields in two columns, with one optional accessory. */
export const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: identifier,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion('type', [button, checkboxes, overflow, staticSelect, imageElement]).optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, {
    message: 'must have either text or fields',
  });
