import type { types } from '@slack/bolt';
import { z } from 'zod';
import { type HoldWish, liftOf } from '../../domain/policy/hold.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { CardView } from './card-view.ts';

/** `action_id` of the button that lifts a freeze. */
const UNFREEZE_ACTION = 'registry-ha:unfreeze';

const Value = z.strictObject({ cluster: z.string() });

/** On a planned card, while somebody's freeze keeps it from being approved. A freeze of the policy file has no button. */
export function unfreezeButton({ change, activeHolds }: CardView): readonly types.Button[] {
  const freeze = activeHolds?.holds.find((hold) => liftOf(hold) === 'unfreeze');
  if (freeze === undefined) return [];
  const { cluster } = change.intent;
  return [
    {
      type: 'button',
      action_id: UNFREEZE_ACTION,
      text: plain('Unfreeze'),
      accessibility_label: `Unfreeze the cluster ${cluster}`.slice(0, LABEL_LIMIT),
      value: JSON.stringify({ cluster }),
      confirm: {
        title: plain('Lift the freeze?'),
        text: plain('Everybody in the channel sees it. All changes of the cluster can start again.'),
        confirm: plain('Lift it'),
        deny: plain('Keep it'),
      },
    },
  ];
}

/** Block Kit reference, button element, `accessibility_label`. */
const LABEL_LIMIT = 75;

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });

/** The wish of a click on Unfreeze; null for any other button. */
export function unfreezeWish(action: string, value: string | undefined): HoldWish | null {
  if (action !== UNFREEZE_ACTION) return null;
  const cluster = Value.safeParse(jsonIn(value ?? '')).data?.cluster;
  return cluster === undefined ? null : { hold: 'lift', verb: 'freeze', cluster, node: null };
}
