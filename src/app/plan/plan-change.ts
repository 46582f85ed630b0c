import { isOfTheCluster } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { hasUnknownRun } from '../../domain/change/lost-record.ts';
import { planDigest } from '../../domain/plan/digest.ts';
import { type Intent, undoneChange } from '../../domain/plan/intent.ts';
import type { CopyStep, Step } from '../../domain/plan/step.ts';
import { notInTheJournal } from '../../domain/verbs/undo/refusals.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Copier } from '../../ports/copier.ts';
import { ChangeRecord, type KnownRecord, type RecordPorts } from '../record/change-record.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { type FreshPlanPorts, freshPlan } from './fresh-plan.ts';

export interface PlanPorts extends FreshPlanPorts, RecordPorts {
  readonly copier: Copier;
  readonly cards: Pick<Cards, 'place'>;
  readonly clock: Clock;
  readonly cluster: string;
  /** Milliseconds until an undecided plan expires. */
  readonly planLivesMs: number;
}

/** Plans a requested change: inspects, decides, records the plan or the refusal. Does nothing if it is already planned. */
export async function planChange(id: ChangeId, ports: PlanPorts, signal: AbortSignal): Promise<void> {
  const record = new ChangeRecord(id, ports);
  const stored = await stillRequested(record);
  if (stored === null) return;
  // A worker that died between journal and Redis has already planned. A second plan could follow the approval of the first.
  await record.catchUp();
  if ((await stillRequested(record)) === null) return;
  const { change, doubt } = stored;
  if (doubt !== undefined) {
    const refusal = recordRefusal(id, doubt, 'worker');
    return await record.journalAndPublish({ type: 'refused', at: ports.clock.now().toISOString(), refusal });
  }
  const [begun] = await ports.journal.events(id);
  if (begun === undefined) {
    const { intent, requester, channel, terms, requestedAt: at } = change;
    const card = await ports.cards.place(id);
    await ports.journal.append(id, {
      ...{ type: 'requested', at, id, intent, requester, channel },
      ...(terms === undefined ? {} : { terms }),
      ...(card === null ? {} : { card }),
    });
  }
  const end = await planned(change, ports, signal);
  await record.journalAndPublish(end);
  if (end.type === 'planned') await ports.copier.prepare(end.plan.approved.steps.filter(isCopy), signal);
}

const isCopy = (step: Step): step is CopyStep => step.kind === 'copy';

async function stillRequested(record: ChangeRecord): Promise<KnownRecord | null> {
  const stored = await record.known();
  return stored?.change.state === 'requested' ? stored : null;
}

async function planned({ id, intent, terms }: Change, ports: PlanPorts, signal: AbortSignal): Promise<ChangeEvent> {
  const at = () => ports.clock.now().toISOString();
  if (intent.cluster !== ports.cluster || clusterOf(id) !== ports.cluster) {
    return {
      type: 'refused',
      at: at(),
      refusal: refuse('unknown-cluster', `This worker serves the cluster ${ports.cluster}, not ${intent.cluster}.`),
    };
  }
  try {
    const unknown = await unknownUndone(intent, ports);
    if (unknown !== null) return { type: 'refused', at: at(), refusal: unknown };
    const fresh = await freshPlan(intent, { change: id, at: at(), begun: false }, ports, [], signal);
    if (isRefusal(fresh)) return { type: 'refused', at: at(), refusal: fresh };
    const { plan } = fresh;
    if (Buffer.byteLength(JSON.stringify(plan)) > PLAN_LIMIT_BYTES)
      return { type: 'refused', at: at(), refusal: TOO_LARGE };
    // The policy can shorten the worker's limit, never extend it.
    const livesMs = Math.min(ports.planLivesMs, terms?.planLivesMs ?? ports.planLivesMs);
    const expires = new Date(ports.clock.now().getTime() + livesMs).toISOString();
    return { type: 'planned', at: at(), plan, digest: planDigest(plan.approved), expires };
  } catch (error) {
    if (signal.aborted || !isOfTheCluster(error)) throw error;
    return { type: 'failed', at: at(), failure: inspectionFailed(error.report()) };
  }
}

/** Refuses the undo of a change that Redis knows to have run, and the journal does not. */
async function unknownUndone(intent: Intent, { changes, journal }: PlanPorts): Promise<Refusal | null> {
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

const inspectionFailed = (report: FailureReport): FailureReport => ({
  ...report,
  what: `Inspecting the cluster failed: ${report.what} Nothing was changed.`,
});
