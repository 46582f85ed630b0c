import type { types } from '@slack/bolt';
import type { Change } from '../domain/change.ts';
import { shortDigest } from '../domain/digest.ts';
import { count } from '../domain/measure.ts';
import { type Block, context } from './blocks.ts';
import { cut } from './fit.ts';
import { cleanLine } from './foreign-text.ts';
import { firstFew } from './names.ts';

/** `action_id` of each button; the part behind the colon is the decision. */
export const APPROVE = 'registry-ha:approve';
export const DENY = 'registry-ha:deny';

/** Block Kit reference, confirmation dialog object, fields `title` and `text`. */
const CONFIRM_TITLE_LIMIT = 100;
const CONFIRM_TEXT_LIMIT = 300;

/** Approve and Deny, each with a dialog that names what is decided. */
export function decisionButtons(change: Change): readonly Block[] {
  const { digest } = change;
  if (digest === undefined) return [];
  const value = JSON.stringify({ change: change.id, digest });
  return [
    { type: 'actions', block_id: 'decision', elements: [approve(change, digest, value), deny(change, value)] },
    context(
      'Approving covers exactly this plan: its digest stands for every step, also for those that found no room here.',
    ),
  ];
}

function approve(change: Change, digest: string, value: string): types.Button {
  const restarts = engineNodes(change);
  const restart = restarts === 0 ? '' : ` containerd restarts on ${count(restarts, 'node')}.`;
  const what = `Plan ${shortDigest(digest)}.${restart} Registry on ${firstFew(change.intent.nodes)}.`;
  return {
    type: 'button',
    action_id: APPROVE,
    text: plain('Approve'),
    style: 'primary',
    value,
    confirm: {
      title: plain(cut(`Approve ${cleanLine(change.id)}?`, CONFIRM_TITLE_LIMIT)),
      text: plain(cut(what, CONFIRM_TEXT_LIMIT)),
      confirm: plain('Approve'),
      deny: plain('Not yet'),
      style: 'primary',
    },
  };
}

function deny(change: Change, value: string): types.Button {
  return {
    type: 'button',
    action_id: DENY,
    text: plain('Deny'),
    style: 'danger',
    value,
    confirm: {
      title: plain(cut(`Deny ${cleanLine(change.id)}?`, CONFIRM_TITLE_LIMIT)),
      text: plain(cut(`Nothing will be done on ${firstFew(change.intent.nodes)}.`, CONFIRM_TEXT_LIMIT)),
      confirm: plain('Deny'),
      deny: plain('Not yet'),
      style: 'danger',
    },
  };
}

const plain = (text: string): types.PlainTextElement => ({ type: 'plain_text', text });

function engineNodes({ plan }: Change): number {
  const step = plan?.approved.steps.find(({ kind }) => kind === 'engines');
  return step?.kind === 'engines' ? step.nodes.length : 0;
}
