import { z } from 'zod';
import { button, imageElement } from './elements.ts';
import { richText, taskText } from './rich-text.ts';
import { address, anyText, identifier, mrkdwn } from './text-objects.ts';

/** A task, in a plan or alone. The status for success is `complete`. */
export const taskCard = z.strictObject({
  type: z.literal('task_card'),
  block_id: identifier,
  task_id: z.string().min(1).max(255),
  title: z.string().min(1),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: taskText.optional(),
  output: taskText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: address, text: z.string().min(1) })).optional(),
});

/** A list of tasks under one title. */
export const plan = z.strictObject({
  type: z.literal('plan'),
  block_id: identifier,
  title: z.string().min(1),
  tasks: z.array(taskCard).optional(),
});

/** A card; requires at least one of image, title, body and actions. */
export const card = z
  .strictObject({
    type: z.literal('card'),
    block_id: identifier,
    hero_image: imageElement.optional(),
    icon: imageElement.optional(),
    title: mrkdwn(150).optional(),
    subtitle: mrkdwn(150).optional(),
    body: mrkdwn(200).optional(),
    actions: z.array(button).min(1).max(3).optional(),
  })
  .refine(({ hero_image, title, body, actions }) => [hero_image, title, body, actions].some((part) => part), {
    message: 'must have one of hero_image, title, body, actions',
  });

const cell = z.discriminatedUnion('type', [
  richText,
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
]);

export const table = z.strictObject({
  type: z.literal('table'),
  block_id: identifier,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(20)
    .optional(),
});

/** A coloured notice; modals only. */
export const alert = z.strictObject({
  type: z.literal('alert'),
  block_id: identifier,
  text: anyText(200),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});
