import { z } from 'zod';
import { actions, context, divider, header, image, input, markdown, section } from './plain-blocks.ts';
import { richText } from './rich-text.ts';
import { alert, card, plan, table, taskCard } from './work-blocks.ts';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

const everywhere = [actions, context, divider, header, image, input, richText, section] as const;

/** Allowed blocks and their maximum number on each surface: "Available in surfaces" on each block's reference page. */
export const SURFACES = {
  message: z.array(z.discriminatedUnion('type', [...everywhere, card, markdown, plan, table, taskCard])).max(50),
  modal: z.array(z.discriminatedUnion('type', [...everywhere, alert])).max(100),
  home: z.array(z.discriminatedUnion('type', [...everywhere, card])).max(100),
} as const;
