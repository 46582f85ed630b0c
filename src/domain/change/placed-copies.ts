import type { CopiedArchive, Step } from '../plan/step.ts';
import type { Change } from './change.ts';

/** A file that a completed copy of the worker put on a node. */
export interface PlacedCopy extends CopiedArchive {
  readonly node: string;
}

/** The files that these changes copied, oldest change first, without those that they deleted again. Of one path, the last copy. */
export function placedCopies(changes: readonly Change[]): readonly PlacedCopy[] {
  const placed = new Map<string, PlacedCopy>();
  for (const { plan, steps, begun } of changes) {
    for (const step of plan?.approved.steps ?? []) {
      // A copy that found its file there has not put it there.
      if (steps[step.id]?.is === 'done' && begun[step.id] !== undefined) note(step, placed);
    }
  }
  return [...placed.values()];
}

function note(step: Step, placed: Map<string, PlacedCopy>): void {
  if (step.kind !== 'copy' && step.kind !== 'remove-copy') return;
  const { node, archive } = step;
  const key = JSON.stringify([node, archive.path]);
  if (step.kind === 'copy') placed.set(key, { node, ...archive });
  else if (step.takesArchive) placed.delete(key);
}
