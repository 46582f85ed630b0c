import type { Change } from '../../change/change.ts';
import type { Step } from '../../plan/step.ts';

/**
 * The nodes on which an undo takes something back, by its plan: a change may have named nodes on which it did nothing. Until there
 * is a plan, all that were named.
 */
export function undoneNodes({ intent, plan }: Pick<Change, 'intent' | 'plan'>): readonly string[] {
  const steps = plan?.approved.steps ?? [];
  const own = steps.flatMap((step) => ('node' in step ? [step.node] : []));
  // That the engines forget a registry may be all that is left to do for its node.
  const isForEngines = own.length === 0 || steps.some(({ kind }) => kind === 'engines');
  const on = isForEngines ? [...own, ...gone(steps)] : own;
  return on.length === 0 ? intent.nodes : intent.nodes.filter((node) => on.includes(node));
}

/** The nodes whose registries an undo proves to be in no engine: those that had none before. */
export const provenGone = ({ plan }: Pick<Change, 'plan'>): readonly string[] => gone(plan?.approved.steps ?? []);

const gone = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => (step.kind === 'prove-undone' ? step.gone.map(({ node }) => node) : []));
