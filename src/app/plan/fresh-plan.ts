import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Facts } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { REGISTRY_MANIFEST } from '../../domain/node-commands/undo-commands.ts';
import type { Intent, Plan, UndoIntent, UntimedPlan } from '../../domain/plan/plan.ts';
import { type PlanFor, planAdd } from '../../domain/verbs/add/plan.ts';
import { planUndo, type UndoneRecord } from '../../domain/verbs/undo/plan.ts';
import type { Journal } from '../../ports/record.ts';
import { estimate } from '../../steps/estimate.ts';
import { type LookPorts, look, type TargetSearch } from './look.ts';

export interface FreshPlanPorts extends LookPorts {
  readonly journal: Journal;
}

/** When a plan is made, and whether its copies have their room already. */
export interface FreshPlanFor extends PlanFor {
  readonly hasRoom?: boolean;
}

/** Looks at the cluster and plans from what is there now. Throws Unreachable. */
export async function lookAndPlan(
  intent: Intent,
  when: FreshPlanFor,
  ports: FreshPlanPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<{ readonly facts: Facts; readonly plan: Plan } | Refusal> {
  if (intent.verb === 'undo') return await lookAndPlanUndo(intent, when, ports, ownJobs, signal);
  const facts = await look(intent, ports, ownJobs, signal);
  if (isRefusal(facts)) return facts;
  const plan = planAdd(intent, when.hasRoom === true ? withoutRoom(facts) : facts, when);
  return isRefusal(plan) ? plan : { facts, plan: timed(plan) };
}

/** The plan with how long its steps may take. */
export const timed = ({ seen, ...plan }: UntimedPlan): Plan => ({
  ...plan,
  seen: { ...seen, estimate: estimate(plan.approved.steps) },
});

/** An interrupted copy has taken the room that it needs by its own part file; a disk that is really full fails the copy. */
function withoutRoom(facts: Facts): Facts {
  const targets = facts.targets.map((target) => (target.is === 'open' ? { ...target, space: [] } : target));
  return { ...facts, targets };
}

async function lookAndPlanUndo(
  intent: UndoIntent,
  when: PlanFor,
  ports: FreshPlanPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<{ readonly facts: Facts; readonly plan: Plan } | Refusal> {
  const record = await recordOf(intent.undoes, ports.journal);
  const facts = await look(intent, ports, ownJobs, signal, searchFor(record));
  if (isRefusal(facts)) return facts;
  const plan = planUndo(intent, facts, record, when);
  return isRefusal(plan) ? plan : { facts, plan: timed(plan) };
}

/** What the worker's own journal holds of a change, and of those that were started after it. */
async function recordOf(undoes: ChangeId, journal: Journal): Promise<UndoneRecord> {
  const later = [];
  for (const id of await journal.startedSince(undoes)) later.push(changeFrom(await journal.events(id)));
  const change = changeFrom(await journal.events(undoes));
  return { change, later: later.filter((one) => one !== null) };
}

/** Archives as they were copied, part files and the registry's manifest. */
function searchFor({ change }: UndoneRecord): TargetSearch {
  const copies = (change?.plan?.approved.steps ?? []).flatMap((step) => (step.kind === 'copy' ? [step] : []));
  return {
    archives: copies
      .map(({ archive }) => archive)
      .filter(({ path }, at, all) => all.findIndex((one) => one.path === path) === at),
    paths: [REGISTRY_MANIFEST, ...new Set(copies.map(({ part }) => part))],
  };
}
