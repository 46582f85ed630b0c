import { isOfTheCluster, Stopped } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../../domain/answers/refusal.ts';
import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { beforeOf } from '../../domain/cluster/node-before.ts';
import { stepsStillNeeded } from '../../domain/plan/digest.ts';
import type { NodeShell } from '../../ports/nodes.ts';
import { type FreshPlanPorts, lookAndPlan } from '../plan/fresh-plan.ts';
import { retryingPorts } from '../plan/retry-limits.ts';
import { ChangeRecord, isEndedByBot } from '../record/change-record.ts';
import { type ApprovedChange, type ApprovedPorts, approvedChange } from './approved-change.ts';
import { begin, noteEnd } from './begin.ts';
import { CancelAsked, type CancelWatch, NEVER_CANCELLED, unlessCancelled, watchForCancel } from './cancel-watch.ts';
import { BUSY_LIMIT_MS, BUSY_POLL_MS } from './guard-before-act.ts';
import { inSeconds, isJobUnderWay, type Run, runSteps, type StepPorts } from './run-steps.ts';
import { waitReporter } from './wait-teller.ts';

export interface ApplyPorts extends FreshPlanPorts, ApprovedPorts, StepPorts {
  readonly shell: NodeShell;
}

/** Carries out an approved change, or goes on with one that was interrupted; every outcome is written down before it is told. */
export async function applyChange(id: ChangeId, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  const record = new ChangeRecord(id, ports);
  await record.catchUp();
  const stored = await record.known();
  if (stored === null) return;
  if (isEndedByBot(stored.change)) return await noteEnd(stored, ports.journal);
  if (!['approved', 'applying'].includes(stored.change.state)) return;
  const approved = await approvedChange(record, ports);
  const end = isRefusal(approved) ? refusedNow(approved, ports) : await applied(approved, ports, signal);
  if (end === null) return;
  if (end.type !== 'cancelled' || !(await wasCancelled(record, ports))) await record.journalAndPublish(end);
}

/** Did the bot end it meanwhile? Then its word is the one that the journal keeps. */
async function wasCancelled(record: ChangeRecord, { journal }: ApplyPorts): Promise<boolean> {
  const stored = await record.look();
  if (stored?.change.state !== 'cancelled') return false;
  await noteEnd(stored, journal);
  return true;
}

const now = ({ clock }: ApplyPorts): string => clock.now().toISOString();
const refusedNow = (refusal: Refusal, ports: ApplyPorts): ChangeEvent => ({ type: 'refused', at: now(ports), refusal });

/**
 * Look again, plan again, run what was approved and is still needed, until it is done, fails, or somebody cancels it; null when
 * somebody else has ended it before it could begin.
 */
async function applied(approved: ApprovedChange, ports: ApplyPorts, signal: AbortSignal): Promise<ChangeEvent | null> {
  const cancel = watchForCancel(approved.record, ports.clock);
  try {
    return await lookedAndRun(approved, ports, cancel, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof CancelAsked) return { type: 'cancelled', at: now(ports), by: error.by };
    if (!isOfTheCluster(error)) throw error;
    return { type: 'failed', at: now(ports), failure: error.report() };
  } finally {
    cancel.stop();
  }
}

async function lookedAndRun(
  approved: ApprovedChange,
  ports: ApplyPorts,
  cancel: CancelWatch,
  signal: AbortSignal,
): Promise<ChangeEvent | null> {
  const { startedAt } = approved.change;
  const { clock } = ports;
  // What was before this worker only the time of day can tell; what is now must not follow a clock that is set meanwhile.
  const before = startedAt === undefined ? 0 : Math.max(0, clock.now().getTime() - Date.parse(startedAt));
  const from = clock.steadyMs();
  // A job that runs on every node cannot be cancelled, so its end is waited for.
  const watch = hasJobUnderWay(approved) ? NEVER_CANCELLED : cancel;
  const untilCancel = AbortSignal.any([signal, watch.signal]);
  const run = await unlessCancelled(watch, () => runWhenReady(approved, ports, untilCancel));
  if (isRefusal(run)) return refusedOrStopped(run, approved, ports);
  if (!approved.begun && !(await begin(approved.record, now(ports), ports.journal))) return null;
  await noteFound(run, ports);
  const proof = await runSteps(run, ports, cancel, signal);
  await publishUndone(run, ports);
  return { type: 'done', at: now(ports), proof, seconds: inSeconds(before + clock.steadyMs() - from) };
}

/** What an `add` finds on its nodes is noted before its first step, so that an undo can leave it alone. */
async function noteFound({ change, facts, record }: Run, ports: ApplyPorts): Promise<void> {
  const isNew = change.before === undefined && Object.keys(change.begun).length === 0;
  if (change.intent.verb !== 'add' || !isNew) return;
  await record.journalAndPublish({ type: 'found', at: now(ports), before: beforeOf(facts) });
}

/** The card of what was undone says so, too; told before the undo itself ends, and after a crash in between only where it is missing. */
async function publishUndone({ id, change: { intent } }: Run, ports: ApplyPorts): Promise<void> {
  if (intent.verb !== 'undo') return;
  const { undoes } = intent;
  const isIt = (event: ChangeEvent) => event.type === 'undone' && event.change === id;
  const noted = (await ports.journal.entries(undoes)).find(({ event }) => isIt(event));
  const event: ChangeEvent = { type: 'undone', at: now(ports), change: id };
  const entry = noted ?? { event, mark: await ports.journal.append(undoes, event) };
  const record = new ChangeRecord(undoes, ports);
  const known = await record.known();
  // Its record in Redis is kept for 90 days only.
  if (known !== null && !known.events.some(isIt)) await record.publish(entry);
}

const hasJobUnderWay = ({ plan, change }: ApprovedChange): boolean =>
  plan.approved.steps.some((step) => isJobUnderWay(step, change));

/** What comes back by itself when the bootstrap node was restarted in the middle of a change. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set([
  'salt-master-down',
  'minion-silent',
  'script-running',
  'node-not-ready',
  'bootstrap-registry-not-ready',
  'registry-unfit',
]);

/** Somebody else's state run is waited for, as it ends by itself; and a change that goes on waits for what is still starting. */
async function runWhenReady(approved: ApprovedChange, ports: ApplyPorts, signal: AbortSignal): Promise<Run | Refusal> {
  const { clock, shell } = ports;
  await shell.pin(approved.plan.approved.hostKeys.map(({ key }) => key));
  const until = clock.steadyMs() + BUSY_LIMIT_MS;
  const onWait = waitReporter(approved.id, ports);
  const looks = approved.begun ? retryingPorts(ports, { clock, limitMs: BUSY_LIMIT_MS, onWait }) : ports;
  for (;;) {
    const run = await runOf(approved, looks, signal);
    const mayPass = isRefusal(run) && (run.refused === 'salt-busy' || (approved.begun && TRANSIENT.has(run.refused)));
    if (!mayPass || clock.steadyMs() >= until) return run;
    onWait(`Waiting, ten minutes at most: ${run.says}`);
    await clock.sleep(BUSY_POLL_MS, signal);
  }
}

async function runOf(
  { id, record, plan, change }: ApprovedChange,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Run | Refusal> {
  const when = { change: id, at: now(ports), begun: true, hasRoom: change.startedAt !== undefined };
  const fresh = await lookAndPlan(change.intent, when, ports, Object.values(change.jobs), signal);
  const needed = isRefusal(fresh) ? fresh : stepsStillNeeded(plan, fresh.plan);
  return isRefusal(fresh)
    ? fresh
    : isRefusal(needed)
      ? needed
      : { id, record, plan, change, needed, facts: fresh.facts };
}

/** A change that has begun cannot be refused any more: it has failed, and says what is done and what is not. */
function refusedOrStopped(refusal: Refusal, { change }: ApprovedChange, ports: ApplyPorts): ChangeEvent {
  return change.startedAt !== undefined
    ? { type: 'failed', at: now(ports), failure: new Stopped(refusal).report() }
    : refusedNow(refusal, ports);
}
