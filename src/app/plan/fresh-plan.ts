import { isRefusal, type Refusal, type RefusalCode } from '../../domain/answers/refusal.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { type PlacedCopy, placedCopies } from '../../domain/change/placed-copies.ts';
import type { Facts, KubeFacts } from '../../domain/cluster/facts.ts';
import type { ImagesProof } from '../../domain/cluster/registry.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import { type Intent, undoneChange } from '../../domain/plan/intent.ts';
import type { PlanFor } from '../../domain/plan/parts.ts';
import type { Plan, UntimedPlan } from '../../domain/plan/plan.ts';
import type { JournalRecord, Known } from '../../domain/verbs/verb.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PlanningJournal } from '../../ports/record.ts';
import { secondsOf } from '../../steps/stages.ts';
import { proveImages } from '../../steps/world/prove-images.ts';
import { type InspectionPorts, inspect } from './inspect.ts';

export interface FreshPlanPorts extends InspectionPorts {
  readonly clock: Clock;
  readonly journal: PlanningJournal;
  /** Nodes on which Salt states run at the same time. */
  readonly nodesAtATime: number;
}

/** When the plan is made, and whether its copies already occupy their space. */
export interface FreshPlanFor extends PlanFor {
  readonly hasRoom?: boolean;
  /** Whether a refusal about complete registries says what they serve: every layer is read for it. Assumed when left out. */
  readonly proves?: boolean;
}

/** Inspects the cluster and plans from its current state. Throws Unreachable. */
export async function freshPlan(
  intent: Intent,
  when: FreshPlanFor,
  ports: FreshPlanPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<{ readonly facts: Facts; readonly plan: Plan } | Refusal> {
  const verb = verbPlug(intent.verb);
  const undone = undoneChange(intent);
  const known: Known = {
    record: undone === null ? null : await recordOf(undone, ports.journal),
    copies: verb.asksForCopies ? await copiesIn(ports.journal) : [],
  };
  const settle = (asked: Intent, kube: KubeFacts) => verb.settle(asked, kube);
  const facts = await inspect(intent, settle, ports, ownJobs, signal, verb.searchFor(known));
  if (isRefusal(facts)) return facts;
  const settled = verb.settle(intent, facts.kube);
  if (isRefusal(settled)) return settled;
  const planWith = (seen: Facts) => verb.plan(settled, { ...known, facts: seen, when });
  const plan = planWith(when.hasRoom === true ? withoutRoom(facts) : facts);
  if (!isRefusal(plan)) return { facts, plan: timed(plan, ports.nodesAtATime) };
  if (when.proves === false || !PROVEN.has(plan.refused)) return plan;
  const proven = planWith({ ...facts, proof: await proofOf(settled, facts, ports, signal) });
  return isRefusal(proven) ? proven : plan;
}

/** Refusals that say what the registries serve. */
const PROVEN: ReadonlySet<RefusalCode> = new Set(['registry-exists', 'nothing-to-sync']);

/** The proof of registries on which nothing is left to do, so that the refusal says what they serve. */
async function proofOf(
  { nodes }: Intent,
  { kube, bootstrap }: Facts,
  { registries, clock }: FreshPlanPorts,
  signal: AbortSignal,
): Promise<ImagesProof> {
  const addressed = kube.nodes.map(({ name, ip, roles }) => ({ node: name, address: ip ?? '', roles }));
  const compared = {
    ...{ registries, clock, archives: soundArchives(bootstrap.archives) },
    source: addressed.find(({ roles }) => roles.includes('bootstrap'))?.address ?? '',
    copies: addressed.filter(({ node }) => nodes.includes(node)),
    // The card of a requested change has no line for progress.
    onProgress: () => undefined,
  };
  return await proveImages(compared, signal);
}

/** The plan with its estimated duration, in whole seconds. */
export const timed = ({ seen, ...plan }: UntimedPlan, nodesAtATime: number): Plan => ({
  ...plan,
  seen: { ...seen, estimate: secondsOf(plan.approved.steps, nodesAtATime) },
});

/** The part file of an interrupted copy already occupies its space. If the disk is really full, the copy fails. */
function withoutRoom(facts: Facts): Facts {
  const targets = facts.targets.map((target) => (target.is === 'open' ? { ...target, space: [] } : target));
  return { ...facts, targets };
}

/** The files that the worker has copied, by the changes that its journal still has. */
async function copiesIn(journal: PlanningJournal): Promise<readonly PlacedCopy[]> {
  const changes: Change[] = [];
  for (const id of await journal.changes()) {
    const change = changeFrom(await journal.events(id));
    if (change !== null) changes.push(change);
  }
  return placedCopies(changes);
}

/** The journal's record of a change, and of those that were started after it. */
async function recordOf(undoes: ChangeId, journal: PlanningJournal): Promise<JournalRecord> {
  const later = [];
  for (const id of await journal.startedSince(undoes)) later.push(changeFrom(await journal.events(id)));
  const change = changeFrom(await journal.events(undoes));
  return { change, later: later.filter((one) => one !== null) };
}
