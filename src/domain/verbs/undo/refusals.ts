import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Change } from '../../change/change.ts';
import { undoneChange } from '../../plan/intent.ts';
import type { Step } from '../../plan/step.ts';
import { count, listed } from '../../text/format.ts';

const REMOVE_BY_HAND = 'To remove a whole registry by hand, read docs/commands.md, “Remove a registry by hand”.';

/** The steps by which a change may have changed something: those that were begun, done or not. Found to be so is not done. */
export function touchedSteps({ plan, begun }: Change): readonly Step[] {
  const steps = plan?.approved.steps ?? [];
  return steps.filter(({ id, commands }) => begun[id] !== undefined && commands.length > 0);
}

/** Why this change cannot be undone, as it stands; null when it can. */
export function whyNotUndone(change: Change): Refusal | null {
  const { id, intent, state } = change;
  if (undoneChange(intent) !== null) {
    return refuse(
      'not-undoable',
      `${id} is an undo itself, and an undo is not undone.`,
      'If it failed, press Retry from here on its card.',
    );
  }
  if (state === 'done') {
    return refuse(
      'not-undoable',
      `${id} is done: ${listed(intent.nodes)} ${intent.nodes.length === 1 ? 'has its registry' : 'have their registries'}. An undo takes back only what stopped half-way.`,
      REMOVE_BY_HAND,
    );
  }
  if (state === 'approved' || state === 'applying') {
    return refuse(
      'not-undoable',
      `${id} is approved and on its way.`,
      'Press Cancel on its card, or wait until it has ended.',
    );
  }
  if ((state === 'failed' || state === 'cancelled') && touchedSteps(change).length > 0) return null;
  return refuse('nothing-to-undo', `${id} has done nothing on the cluster, so there is nothing to undo.`);
}

/** A change that nobody knows: it was never asked for here, or so long ago that its record is gone. */
export function unknownChange(id: string): Refusal {
  return refuse(
    'unknown-change',
    `There is no change ${id}.`,
    'Its id stands on its card, for example lab-7f3k2q; records are kept for 90 days.',
  );
}

/**
 * Why later changes stand in the way: what a later `add` has built on this one's work is not taken from under it. `later` are the
 * changes that were started after this one, oldest first.
 */
export function laterRefusal({ id, intent }: Change, later: readonly Change[]): Refusal | null {
  const undone = later.map((one) => (one.state === 'done' ? undoneChange(one.intent) : null));
  const onTop = later.filter(
    (one) =>
      undoneChange(one.intent) === null &&
      !undone.includes(one.id) &&
      one.intent.nodes.some((node) => intent.nodes.includes(node)) &&
      (one.state === 'done' || touchedSteps(one).length > 0),
  );
  const newest = onTop.at(-1);
  if (newest === undefined) return null;
  const says = `${newest.id} has worked on ${listed(newest.intent.nodes)} after ${id}${newest.state === 'done' ? ', and is done' : ''}: what it built on must not be taken from under it.`;
  const tryNext =
    newest.state === 'done'
      ? REMOVE_BY_HAND
      : `Undo that one first: /registry-ha undo ${newest.id}${onTop.length > 1 ? ` (there are ${count(onTop.length, 'later change')})` : ''}.`;
  return refuse('not-undoable', says, tryNext);
}
