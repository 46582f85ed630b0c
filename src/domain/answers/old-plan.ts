import type { FailureReport } from './failure-report.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What tells whether a change has an old plan. */
interface Ended {
  readonly state: string;
  readonly failure?: FailureReport;
}

/** Kinds of failures after which the plan is of a node, a machine or an archive that is no longer so. */
const OF_AN_OLD_PLAN: ReadonlySet<string> = new Set(['plan-stale', 'host-key-changed', 'unknown-node']);

/** True for a failed change whose retry would stop again, by the kind of its failure. */
export const hasOldPlan = ({ state, failure }: Ended): boolean =>
  state === 'failed' && failure !== undefined && OF_AN_OLD_PLAN.has(failure.kind);

/** Refuses the retry of a change whose plan no longer fits the cluster; null for any other. */
export const oldPlanRefusal = (change: Ended & { readonly id: string }): Refusal | null =>
  hasOldPlan(change)
    ? refuse(
        'plan-stale',
        `The plan of ${change.id} no longer fits the cluster, so a retry would stop again.`,
        'Request the change again: the new plan has only the missing steps.',
      )
    : null;
