import type { Change } from '../../change/change.ts';
import type { Step } from '../../plan/step.ts';

/** The nodes that an undo changes, by its plan: the change may not have touched every named node. Before the plan, all named nodes. */
export function undoneNodes({ intent, plan }: Pick<Change, 'intent' | 'plan'>): readonly string[] {
  const steps = plan?.approved.steps ?? [];
  const own = steps.flatMap((step) => ('node' in step ? [step.node] : []));
  // Removing a registry from the engines may be all that is left to do for its node.
  const isForEngines = own.length === 0 || steps.some(({ kind }) => kind === 'engines');
  const on = isForEngines ? [...own, ...gone(steps)] : own;
  return on.length === 0 ? intent.nodes : intent.nodes.filter((node) => on.includes(node));
}

/** The nodes that had no registry before. The undo proves that no engine lists their registries. */
export const provenGone = ({ plan }: Pick<Change, 'plan'>): readonly string[] => gone(plan?.approved.steps ?? []);

const gone = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => (step.kind === 'prove-undone' ? step.gone.map(({ node }) => node) : []));
