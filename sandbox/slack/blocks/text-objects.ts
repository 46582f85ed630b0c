import { z } from 'zod';

// Limits here and in the other schemas: docs.slack.dev, "Block Kit reference" (blocks, block elements,
// composition objects), and the field comments of @slack/types.

/** block_id and action_id. */
export const identifier = z.string().min(1).max(255).optional();

export const address = z
  .string()
  .max(3000)
  .refine((url) => /^https?:\/\/\S+$/.test(url), 'must be a valid URL');

export const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });

export const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });

export const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);

/** The style of a button, or of a dialog's confirm button. */
export const colour = z.enum(['primary', 'danger']).optional();

/** The confirmation dialog of an element; the reference calls all four texts required. */
export const confirmation = z
  .strictObject({
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: colour,
  })
  .optional();

/** An option of a select or an overflow menu. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: z.string().min(1).max(150),
  description: plainText(75).optional(),
});

/** An option of checkboxes. */
export const anyOption = z.strictObject({
  text: anyText(75),
  value: z.string().min(1).max(150),
  description: anyText(75).optional(),
});
