import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { address, anyOption, colour, confirmation, identifier, plainOption, plainText } from './text-objects.ts';

const pressed = { action_id: identifier, confirm: confirmation };
const focus = z.boolean().optional();

/** A button. */
export const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: address.optional(),
  style: colour,
  accessibility_label: z.string().max(75).optional(),
  ...pressed,
});

/** An overflow menu (three dots) with up to five options. */
export const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z
    .array(plainOption.extend({ url: address.optional() }))
    .min(1)
    .max(5),
  ...pressed,
});

const optionGroup = z.strictObject({ label: plainText(75), options: z.array(plainOption).min(1).max(100) });

/** A menu with a fixed list. */
export const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    placeholder: plainText(150).optional(),
    options: z.array(plainOption).min(1).max(100).optional(),
    option_groups: z.array(optionGroup).min(1).max(100).optional(),
    initial_option: plainOption.optional(),
    focus_on_load: focus,
    ...pressed,
  })
  .refine(({ options, option_groups }) => (options === undefined) !== (option_groups === undefined), {
    message: 'must have either options or option_groups',
  })
  .refine((select) => holds(optionsOf(select), select.initial_option), {
    path: ['initial_option'],
    message: 'initial option must exist in the options list',
  });

/** A menu from which several items are chosen. */
export const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    placeholder: plainText(150).optional(),
    options: z.array(plainOption).min(1).max(100).optional(),
    option_groups: z.array(optionGroup).min(1).max(100).optional(),
    initial_options: z.array(plainOption).min(1).max(100).optional(),
    max_selected_items: z.number().int().min(1).optional(),
    focus_on_load: focus,
    ...pressed,
  })
  .refine(({ options, option_groups }) => (options === undefined) !== (option_groups === undefined), {
    message: 'must have either options or option_groups',
  })
  .refine((select) => (select.initial_options ?? []).every((option) => holds(optionsOf(select), option)), {
    path: ['initial_options'],
    message: 'initial options must exist in the options list',
  });

/** A group of checkboxes. */
export const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    options: z.array(anyOption).min(1).max(10),
    initial_options: z.array(anyOption).min(1).max(10).optional(),
    focus_on_load: focus,
    ...pressed,
  })
  .refine(({ options, initial_options }) => (initial_options ?? []).every((option) => holds(options, option)), {
    path: ['initial_options'],
    message: 'initial options must exist in the options list',
  });

/** A text input; input blocks only. */
export const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: identifier,
  placeholder: plainText(150).optional(),
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .optional(),
    })
    .optional(),
  focus_on_load: focus,
});

const slackFile = z.union([z.strictObject({ id: z.string().min(1) }), z.strictObject({ url: address })]);

/** The source of an image: exactly one of a public address or a Slack file. */
export const imageSource = { image_url: address.optional(), slack_file: slackFile.optional() };

export const hasOneSource = ({ image_url, slack_file }: { image_url?: unknown; slack_file?: unknown }): boolean =>
  (image_url === undefined) !== (slack_file === undefined);

export const imageElement = z
  .strictObject({ type: z.literal('image'), alt_text: z.string().min(1).max(2000), ...imageSource })
  .refine(hasOneSource, { message: 'must have either image_url or slack_file' });

type PlainOption = z.infer<typeof plainOption>;

function optionsOf(select: {
  readonly options?: readonly PlainOption[] | undefined;
  readonly option_groups?: readonly { readonly options: readonly PlainOption[] }[] | undefined;
}): readonly PlainOption[] {
  return select.options ?? (select.option_groups ?? []).flatMap((group) => group.options);
}

const holds = (options: readonly unknown[], wanted: unknown): boolean =>
  wanted === undefined || options.some((option) => isDeepStrictEqual(option, wanted));
