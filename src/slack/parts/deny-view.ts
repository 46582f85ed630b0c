import type { types } from '@slack/bolt';
import type { Change } from '../../domain/change/change.ts';
import { REASON_LIMIT } from '../../domain/typed/reason.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { type Modal, section } from '../text/blocks.ts';
import { cut, SECTION_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';

/** `callback_id` of the window in which a person denies a plan. */
export const DENY_FORM = 'registry-ha:deny-form';

/** `block_id` and `action_id` of the reason. */
export const DENY_REASON = { block: 'why', action: 'registry-ha:deny-form:why' } as const;

/** What the window is about. */
export interface DenyAbout {
  readonly change: string;
  /** The digest of the plan on the card. */
  readonly digest: string;
  readonly channel: string;
}

/** Asks for a reason, which may stay empty. Nothing is denied before the window is submitted. */
export function denyView(change: Change, about: DenyAbout): Modal {
  const aim = verbPlug(change.intent.verb).words.aim(change);
  const text = `${escaped(aim)} (${code(change.id)}). The worker will do nothing. The requester can ask for a new plan.`;
  return {
    type: 'modal',
    callback_id: DENY_FORM,
    title: plain('Deny the plan?'),
    submit: plain('Deny'),
    close: plain('Not yet'),
    private_metadata: JSON.stringify(about),
    blocks: [
      section(cut(text, SECTION_LIMIT)),
      {
        type: 'input',
        block_id: DENY_REASON.block,
        optional: true,
        label: plain('Reason'),
        hint: plain('Everybody sees it on the card.'),
        element: { type: 'plain_text_input', action_id: DENY_REASON.action, max_length: REASON_LIMIT },
      },
    ],
  };
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
