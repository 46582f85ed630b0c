import { isOfTheCluster } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { openBeside } from '../../domain/questions/plan/beside.ts';
import { type DryRun, NO_CHANGE } from '../../domain/questions/plan/dry-run.ts';
import type { PlanAsk, PlanKnown } from '../../domain/questions/plan/view.ts';
import type { Changes, Memory } from '../../ports/record.ts';
import { undoIntent } from '../ask/request-undo.ts';
import type { InspectionPorts } from '../plan/inspect.ts';
import { inspectionFailed, planFor } from '../plan/plan-for.ts';
import { changeInProgress, type HerePorts } from './ports.ts';

/** The newest changes, among which the open ones are. */
const MOST_READ = 200;

/** What a plan reads. `nodesAtATime`: nodes on which Salt states run at the same time. */
export type PlanHerePorts = HerePorts & InspectionPorts & { readonly nodesAtATime: number };

/** Plans as the worker does for a request, from the same facts and the same journal. Nothing is stored. */
export async function planHere(ask: PlanAsk, ports: PlanHerePorts, signal: AbortSignal): Promise<PlanKnown | Refusal> {
  const changes = remembered(ports.memory);
  const wanted = ask.is === 'change' ? ask : await undoIntent(ask, changes);
  if (isRefusal(wanted)) return wanted;
  const { intent } = wanted;
  const before = await changeInProgress(ports);
  const found = await foundFor(intent, changes, ports, signal);
  const dryRun = { intent, during: before ?? (await changeInProgress(ports)), found };
  const { changes: others } = await ports.memory.recent(MOST_READ);
  const beside = openBeside({ intent, ...planIn(found) }, others, ports.clock.now());
  return { intent, phase: { is: 'answered', dryRun }, notNow: null, beside };
}

const planIn = (found: DryRun['found']) => (found.is === 'planned' ? { plan: found.plan } : {});

async function foundFor(
  intent: Intent,
  changes: Pick<Changes, 'get'>,
  ports: PlanHerePorts,
  signal: AbortSignal,
): Promise<DryRun['found']> {
  const when = { change: NO_CHANGE, at: ports.clock.now().toISOString(), begun: false, proves: false };
  try {
    const plan = await ports.memory.whilePlanning((journal) =>
      planFor(intent, when, { ...ports, journal, changes }, signal),
    );
    return isRefusal(plan) ? { is: 'refused', refusal: plan } : { is: 'planned', plan };
  } catch (error) {
    if (isOfTheCluster(error)) return { is: 'failed', failure: inspectionFailed(error.report()) };
    throw error;
  }
}

/** The journal in the place of the record in Redis. */
const remembered = (memory: Memory): Pick<Changes, 'get'> => ({
  async get(id) {
    const found = await memory.get(id);
    if (found === null) return null;
    const { length } = found.events;
    return { ...found, version: length, revision: length, progress: [] };
  },
});
