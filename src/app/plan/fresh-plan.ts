import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Facts } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { type Intent, undoneChange } from '../../domain/plan/intent.ts';
import type { PlanFor } from '../../domain/plan/parts.ts';
import type { Plan, UntimedPlan } from '../../domain/plan/plan.ts';
import type { JournalRecord } from '../../domain/verbs/verb.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { Journal } from '../../ports/record.ts';
import { plugOf } from '../../steps/kinds.ts';
import { type LookPorts, look } from './look.ts';

export interface FreshPlanPorts extends LookPorts {
  readonly journal: Journal;
}

/** When a plan is made, and whether its copies have their room already. */
export interface FreshPlanFor extends PlanFor {
  readonly hasRoom?: boolean;
}

/** Inspects the cluster and plans from what is there now. Throws Unreachable. */
export async function lookAndPlan(
  intent: Intent,
  when: FreshPlanFor,
  ports: FreshPlanPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<{ readonly facts: Facts; readonly plan: Plan } | Refusal> {
  const verb = verbPlug(intent.verb);
  const undone = undoneChange(intent);
  const record = undone === null ? null : await recordOf(undone, ports.journal);
  const facts = await look(intent, ports, ownJobs, signal, verb.looksFor(record));
  if (isRefusal(facts)) return facts;
  const plan = verb.plan(intent, { facts: when.hasRoom === true ? withoutRoom(facts) : facts, record, when });
  return isRefusal(plan) ? plan : { facts, plan: timed(plan) };
}

/** The plan with how long its steps may take, in whole seconds. */
export function timed({ seen, ...plan }: UntimedPlan): Plan {
  const costs = plan.approved.steps.map((step) => plugOf(step.kind).seconds(step));
  const sum = (end: 'from' | 'to') => Math.round(costs.reduce((all, cost) => all + cost[end], 0));
  return { ...plan, seen: { ...seen, estimate: { from: sum('from'), to: sum('to') } } };
}

/** An interrupted copy has taken the room that it needs by its own part file; a disk that is really full fails the copy. */
function withoutRoom(facts: Facts): Facts {
  const targets = facts.targets.map((target) => (target.is === 'open' ? { ...target, space: [] } : target));
  return { ...facts, targets };
}

/** What the worker's own journal holds of a change, and of those that were started after it. */
async function recordOf(undoes: ChangeId, journal: Journal): Promise<JournalRecord> {
  const later = [];
  for (const id of await journal.startedSince(undoes)) later.push(changeFrom(await journal.events(id)));
  const change = changeFrom(await journal.events(undoes));
  return { change, later: later.filter((one) => one !== null) };
}
