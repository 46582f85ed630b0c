import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Change } from '../change/change.ts';
import { touchedSteps } from '../change/step-attempts.ts';

/** Why a change of a verb cannot be undone in its current state; null if it can. */
export type Undoing = (change: Change) => Refusal | null;

/** Refuses the undo of a change that is done, in progress, or has changed nothing; null if it stopped half-way. */
export function notHalfWay(change: Change, whenDone: (change: Change) => Refusal): Refusal | null {
  const { id, state } = change;
  if (state === 'done') return whenDone(change);
  if (state === 'approved' || state === 'applying') {
    const says = `${id} is approved and in progress.`;
    return refuse('not-undoable', says, 'Click Cancel on its card, or wait until it has ended.');
  }
  // A retry can also end as refused or expired; what began before it stays.
  if (touchedSteps(change).length > 0) return null;
  return refuse('nothing-to-undo', `${id} has not changed the cluster, so there is nothing to undo.`);
}

/** The command that takes the registries of these nodes away. */
export const removal = (nodes: readonly string[]): string =>
  `To take ${nodes.length === 1 ? 'the whole registry' : 'the whole registries'} away: \`/registry-ha remove ${nodes.join(' ')}\`.`;
