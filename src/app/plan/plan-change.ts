import { isOfTheCluster } from '../../domain/answers/failure.ts';
import { isRefusal } from '../../domain/answers/refusal.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { planDigest } from '../../domain/plan/digest.ts';
import type { CopyStep, Step } from '../../domain/plan/step.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Copier } from '../../ports/copier.ts';
import { ChangeRecord, type KnownRecord, type RecordPorts } from '../record/change-record.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { inspectionFailed, ofAnotherCluster, type PlanForPorts, planFor } from './plan-for.ts';

export interface PlanPorts extends Omit<PlanForPorts, keyof RecordPorts>, RecordPorts {
  readonly copier: Copier;
  readonly cards: Pick<Cards, 'known'>;
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
    const { intent, requester, channel, terms, terminal, requestedAt: at } = change;
    const card = await ports.cards.known(id);
    await ports.journal.append(id, {
      ...{ type: 'requested', at, id, intent, requester, channel },
      ...(terms === undefined ? {} : { terms }),
      ...(terminal === undefined ? {} : { terminal }),
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
  try {
    const when = { change: id, at: at(), begun: false };
    const plan = ofAnotherCluster(clusterOf(id), ports.cluster) ?? (await planFor(intent, when, ports, signal));
    if (isRefusal(plan)) return { type: 'refused', at: at(), refusal: plan };
    // The policy can shorten the worker's limit, never extend it.
    const livesMs = Math.min(ports.planLivesMs, terms?.planLivesMs ?? ports.planLivesMs);
    const expires = new Date(ports.clock.now().getTime() + livesMs).toISOString();
    return { type: 'planned', at: at(), plan, digest: planDigest(plan.approved), expires };
  } catch (error) {
    if (signal.aborted || !isOfTheCluster(error)) throw error;
    return { type: 'failed', at: at(), failure: inspectionFailed(error.report()) };
  }
}
