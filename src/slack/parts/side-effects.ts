import type { Change } from '../../domain/change/change.ts';
import { count } from '../../domain/text/format.ts';

/** A sentence about the engines that a plan restarts, after a space; empty when it restarts none. */
export function restartsOf({ plan }: Change): string {
  const step = plan?.approved.steps.find(({ kind }) => kind === 'engines');
  return step?.kind === 'engines' ? ` containerd restarts on ${count(step.nodes.length, 'node')}.` : '';
}
