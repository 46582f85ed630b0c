import type { Refusal } from '../../answers/refusal.ts';
import type { ChangeId } from '../../change/change.ts';
import type { WorkerState } from '../../cluster/worker-state.ts';
import type { Intent } from '../../plan/intent.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import type { DryRun } from './dry-run.ts';

/** The change whose plan is wanted. */
export type PlanAsk = ChangeWish;

/** How far the dry run is. */
export type PlanPhase =
  | { readonly is: 'worker-away'; readonly worker: Exclude<WorkerState, { readonly is: 'there' }> }
  /** Too many other dry runs wait. */
  | { readonly is: 'busy' }
  | { readonly is: 'asked'; readonly request: string }
  | { readonly is: 'answered'; readonly dryRun: DryRun }
  /** There is no answer, or none to this request. */
  | { readonly is: 'lost'; readonly why: 'late' | 'silent' | 'unverified' | 'newer' | 'other' };

export interface PlanKnown {
  /** The change, as a request for it would be stored. */
  readonly intent: Intent;
  readonly phase: PlanPhase;
  /** Why a request for it would be refused now, whatever the plan is. */
  readonly notNow: Refusal | null;
  /** Open changes of the same nodes; left out while there is no plan. */
  readonly beside?: readonly ChangeId[];
}
