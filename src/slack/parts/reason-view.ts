import type { types } from '@slack/bolt';
import type { Change } from '../../domain/change/change.ts';
import type { DecisionKind } from '../../domain/policy/policy.ts';
import { REASON_LIMIT } from '../../domain/typed/reason.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { type Modal, section } from '../text/blocks.ts';
import { cut, SECTION_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { whatRuns } from './buttons.ts';

/** The decisions for which a window asks for a reason. */
export type ReasonKind = Extract<DecisionKind, 'deny' | 'break-glass'>;

/** `callback_id` of each window. */
export const REASON_FORMS: Readonly<Record<ReasonKind, string>> = {
  deny: 'registry-ha:deny-form',
  'break-glass': 'registry-ha:break-glass-form',
};

/** `block_id` and `action_id` of the reason. */
export const REASON = { block: 'why', action: 'registry-ha:deny-form:why' } as const;

/** What the window is about. */
export interface ReasonAbout {
  readonly change: string;
  /** The digest of the plan on the card. */
  readonly digest: string;
  readonly channel: string;
}

/** The texts of a window. */
interface Words {
  readonly title: string;
  readonly submit: string;
  readonly says: string;
  readonly hint: string;
  /** Whether the reason may stay empty. */
  readonly optional: boolean;
}

/** Asks for a reason. Nothing is decided before the window is submitted. */
export function reasonView(kind: ReasonKind, change: Change, about: ReasonAbout): Modal {
  const { title, submit, says, hint, optional } = wordsOf(kind, change, about.digest);
  return {
    type: 'modal',
    callback_id: REASON_FORMS[kind],
    title: plain(title),
    submit: plain(submit),
    close: plain('Not yet'),
    private_metadata: JSON.stringify(about),
    blocks: [
      section(cut(says, SECTION_LIMIT)),
      {
        type: 'input',
        block_id: REASON.block,
        optional,
        label: plain('Reason'),
        hint: plain(hint),
        element: { type: 'plain_text_input', action_id: REASON.action, max_length: REASON_LIMIT },
      },
    ],
  };
}

function wordsOf(kind: ReasonKind, change: Change, digest: string): Words {
  const aim = `${escaped(verbPlug(change.intent.verb).words.aim(change))} (${code(change.id)}).`;
  switch (kind) {
    case 'deny':
      return {
        title: 'Deny the plan?',
        submit: 'Deny',
        says: `${aim} The worker will do nothing. The requester can ask for a new plan.`,
        hint: 'Everybody sees it on the card.',
        optional: true,
      };
    case 'break-glass':
      return {
        title: 'Break glass?',
        submit: 'Break glass',
        says: `${aim} You approve it alone, and it starts at once: no other approval and no window is needed. ${escaped(whatRuns(change, digest))}`,
        hint: 'The channel sees it with your name, and people are called.',
        optional: false,
      };
  }
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });
