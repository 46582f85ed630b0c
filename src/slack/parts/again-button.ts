import { z } from 'zod';
import type { Change } from '../../domain/change/change.ts';
import { isChangeId } from '../../domain/change/change-id.ts';
import { undoneChange } from '../../domain/plan/intent.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { Wish } from '../../domain/wish/wish.ts';
import type { Block } from '../text/blocks.ts';

/** `action_id` of the button that requests an ended change once more. */
const AGAIN_ACTION = 'registry-ha:again';

const Value = z.strictObject({ change: z.string().refine((id) => isChangeId(id)) });

/** Requests the same change once more: a new card with a new plan. */
export const againButton = ({ id }: Change): readonly Block[] => [
  {
    type: 'actions',
    block_id: 'again',
    elements: [
      {
        type: 'button',
        action_id: AGAIN_ACTION,
        text: { type: 'plain_text', text: 'Check again' },
        accessibility_label: `Check again: request ${id} once more`,
        value: JSON.stringify({ change: id }),
      },
    ],
  },
];

/** The change whose Check again was clicked; null for any other button. */
export function againOf(action: string, value: string | undefined): string | null {
  if (action !== AGAIN_ACTION) return null;
  return Value.safeParse(jsonIn(value ?? '')).data?.change ?? null;
}

/** What the change wanted, as its record says. */
export function sameWish({ intent }: Change): Wish {
  const undoes = undoneChange(intent);
  return undoes === null ? { is: 'change', intent } : { is: 'undo-of', undoes };
}
