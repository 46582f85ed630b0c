import { isOfTheCluster, stopped } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { hasUnknownRun, unknownRunReport } from '../../domain/change/lost-record.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { type ApprovedChange, type ApprovedPorts, approvedChange } from './approved-change.ts';
import { begin } from './begin.ts';
import { CancelAsked, type CancelWatch, NEVER_CANCELLED, unlessCancelled, watchForCancel } from './cancel-watch.ts';
import { type FreshRunPorts, freshRun } from './fresh-run.ts';
import { noteBefore, noteUndone } from './notes.ts';
import { hasBotEnded, type Outcome, recordOutcome } from './outcome.ts';
import { inSeconds, isJobUnderWay, runSteps, type StepPorts } from './run-steps.ts';

export type ApplyPorts = FreshRunPorts & ApprovedPorts & StepPorts;

/** Applies an approved change, or resumes an interrupted one. Every outcome is in the journal before it is published. */
export async function applyChange(id: ChangeId, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  const record = new ChangeRecord(id, ports);
  await record.catchUp();
  if (await hasBotEnded(record, ports.journal)) return;
  const known = await record.known();
  if (known?.doubt?.is === 'newer') return await endUnread(record, known.doubt, ports);
  if (known?.change.state !== 'approved' && known?.change.state !== 'applying') return;
  const outcome = hasUnknownRun(known, await ports.journal.events(id))
    ? ({ is: 'failed', failure: unknownRunReport(known.change) } as const)
    : await outcomeOf(record, ports, signal);
  await recordOutcome(record, outcome, ports);
}

async function outcomeOf(record: ChangeRecord, ports: ApplyPorts, signal: AbortSignal): Promise<Outcome> {
  const approved = await approvedChange(record, ports);
  return isRefusal(approved)
    ? { is: 'refused', refusal: approved }
    : await appliedUntilCancelled(approved, ports, signal);
}

/** The procedure: inspect, plan again, begin, run the approved steps that are still needed, prove the result. */
async function applied(
  approved: ApprovedChange,
  ports: ApplyPorts,
  cancel: CancelWatch,
  signal: AbortSignal,
): Promise<Outcome> {
  const seconds = stopwatch(approved, ports);
  const run = await freshRunUnlessCancelled(approved, ports, cancel, signal);
  if (isRefusal(run)) return refusedOrStopped(run, approved);
  if (!approved.begun && !(await begin(approved.record, now(ports), ports.journal))) return { is: 'ended-by-bot' };
  await noteBefore(run, ports);
  const proof = await runSteps(run, ports, cancel, signal);
  await noteUndone(run, ports);
  return { is: 'done', proof, seconds: seconds() };
}

/** Applies the change until it ends, fails on the cluster, or is cancelled. */
async function appliedUntilCancelled(
  approved: ApprovedChange,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const cancel = watchForCancel(approved.record, ports.clock);
  try {
    return await applied(approved, ports, cancel, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof CancelAsked) return { is: 'cancelled', by: error.by };
    if (!isOfTheCluster(error)) throw error;
    return { is: 'failed', failure: error.report() };
  } finally {
    cancel.stop();
  }
}

/** Ends a change whose record this version cannot read, without running anything. */
async function endUnread(record: ChangeRecord, doubt: Doubt, ports: ApplyPorts): Promise<void> {
  const change = changeFrom(await ports.journal.events(record.id)) ?? (await record.known())?.change;
  if (change === undefined || (change.endedAt !== undefined && change.state !== 'failed')) return;
  await recordOutcome(record, refusedOrStopped(recordRefusal(record.id, doubt, 'worker'), { change }), ports);
}

/** A job that runs on every node cannot be cancelled, so the worker waits for its end. */
async function freshRunUnlessCancelled(
  approved: ApprovedChange,
  ports: ApplyPorts,
  cancel: CancelWatch,
  signal: AbortSignal,
): ReturnType<typeof freshRun> {
  const hasJobUnderWay = approved.plan.approved.steps.some((step) => isJobUnderWay(step, approved.change));
  const watch = hasJobUnderWay ? NEVER_CANCELLED : cancel;
  return await unlessCancelled(watch, () => freshRun(approved, ports, AbortSignal.any([signal, watch.signal])));
}

/** A change that has begun is no longer refused but fails, so that its card shows the completed steps. */
const refusedOrStopped = (refusal: Refusal, { change }: Pick<ApprovedChange, 'change'>): Outcome =>
  change.startedAt === undefined ? { is: 'refused', refusal } : { is: 'failed', failure: stopped(refusal).report() };

const now = ({ clock }: ApplyPorts): string => clock.now().toISOString();

/** Seconds since any worker started the change: by the time of day until now, by the steady clock from now on. */
function stopwatch({ change: { startedAt } }: ApprovedChange, { clock }: ApplyPorts): () => number {
  const before = startedAt === undefined ? 0 : Math.max(0, clock.now().getTime() - Date.parse(startedAt));
  const from = clock.steadyMs();
  return () => inSeconds(before + clock.steadyMs() - from);
}
