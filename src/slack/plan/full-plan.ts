import type { types } from '@slack/bolt';
import type { Change } from '../../domain/change/change.ts';
import { type Block, context, type Modal, section } from '../text/blocks.ts';
import { code } from '../text/foreign-text.ts';
import { DETAILS, type Detail } from './detail.ts';
import { planBlocks } from './plan-blocks.ts';

/** `action_id` of the button that shows the whole plan. */
export const FULL_PLAN_ACTION = 'registry-ha:full-plan';

/** Shows the plan to the person who clicks; nothing for a change without a plan. */
export function fullPlanButton({ id, digest, plan }: Change): readonly types.Button[] {
  if (digest === undefined || plan === undefined) return [];
  return [
    {
      type: 'button',
      action_id: FULL_PLAN_ACTION,
      text: { type: 'plain_text', text: 'Full plan' },
      value: JSON.stringify({ change: id, digest }),
    },
  ];
}

/** Blocks of a modal (Block Kit reference, "Blocks"), less some for the head. */
const BLOCKS = 96;
/** Bytes: views.open answers `view_too_large` above 250 kB. */
const SIZE = 200_000;
/** Everything; characters of a step's commands. */
const WIDE: Detail = { list: 'all', steps: 'all', commands: 3000, task: 'step' };

/** The plan with every step, command, host key and script; null without a plan. What has no room is counted. */
export function fullPlan(change: Change): Modal | null {
  const { digest, intent, plan } = change;
  if (digest === undefined || plan === undefined) return null;
  const all = [WIDE, ...DETAILS].map((detail) => [
    section(`The plan of ${code(change.id)}. Its digest is ${code(digest)}.`),
    ...planBlocks({ intent, plan }, detail),
  ]);
  const blocks = all.find(fits) ?? [context('The plan is too large for Slack.')];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: `Plan ${change.id}`.slice(0, 24) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...blocks],
  };
}

const fits = (blocks: readonly Block[]): boolean =>
  blocks.length <= BLOCKS && Buffer.byteLength(JSON.stringify(blocks)) <= SIZE;
