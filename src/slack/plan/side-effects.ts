import type { Change } from '../../domain/change/change.ts';
import { count } from '../../domain/text/format.ts';

/** A sentence about the engines that a plan restarts, after a space; empty when it restarts none. */
export function restartsOf({ plan }: Change): string {
  const nodes = (plan?.approved.steps ?? []).flatMap((step) => (step.kind === 'engines' ? step.nodes : []));
  return nodes.length === 0 ? '' : ` containerd restarts on ${count(nodes.length, 'node')}.`;
}
