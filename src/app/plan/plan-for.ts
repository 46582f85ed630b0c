import type { FailureReport } from '../../domain/answers/failure-report.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { hasUnknownRun } from '../../domain/change/lost-record.ts';
import { type Intent, undoneChange } from '../../domain/plan/intent.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { notInTheJournal } from '../../domain/verbs/undo/refusals.ts';
import type { Changes } from '../../ports/record.ts';
import { type FreshPlanFor, type FreshPlanPorts, freshPlan } from './fresh-plan.ts';

export interface PlanForPorts extends FreshPlanPorts {
  readonly changes: Pick<Changes, 'get'>;
  /** The worker's cluster. */
  readonly cluster: string;
}

/** The plan of a change that has not begun, or the refusal, whether it was requested or not. Changes nothing. Throws Unreachable. */
export async function planFor(
  intent: Intent,
  when: FreshPlanFor,
  ports: PlanForPorts,
  signal: AbortSignal,
): Promise<Plan | Refusal> {
  const foreign = ofAnotherCluster(intent.cluster, ports.cluster) ?? (await unknownUndone(intent, ports));
  if (foreign !== null) return foreign;
  const fresh = await freshPlan(intent, when, ports, [], signal);
  if (isRefusal(fresh)) return fresh;
  const { plan } = fresh;
  return Buffer.byteLength(JSON.stringify(plan)) > PLAN_LIMIT_BYTES ? TOO_LARGE : plan;
}

/** Refuses a change of another cluster than the worker's. */
export function ofAnotherCluster(cluster: string, own: string): Refusal | null {
  if (cluster === own) return null;
  return refuse('unknown-cluster', `This worker serves the cluster ${own}, not ${cluster}.`);
}

/** Refuses the undo of a change that Redis knows to have run, and the journal does not. */
async function unknownUndone(intent: Intent, { changes, journal }: PlanForPorts): Promise<Refusal | null> {
  const undoes = undoneChange(intent);
  const stored = undoes === null || clusterOf(undoes) !== intent.cluster ? null : await changes.get(undoes);
  if (undoes === null || stored === null) return null;
  return hasUnknownRun(stored, await journal.events(undoes)) ? notInTheJournal(undoes) : null;
}

/** A record accepts entries up to 1 MiB; twenty nodes with five archives need 650 KiB. */
const PLAN_LIMIT_BYTES = 900 * 1024;

const TOO_LARGE = refuse(
  'bad-command',
  'The plan for these nodes and archives is larger than 900 KiB, the limit.',
  'Request fewer nodes at once.',
);

/** The failure of an inspection, for people. */
export const inspectionFailed = (report: FailureReport): FailureReport => ({
  ...report,
  what: `Inspecting the cluster failed: ${report.what} Nothing was changed.`,
});
