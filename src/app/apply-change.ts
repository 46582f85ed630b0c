import type { Change, ChangeEvent, ChangeId } from '../domain/change.ts';
import { stepsStillNeeded } from '../domain/digest.ts';
import type { Facts } from '../domain/facts.ts';
import { isOfTheCluster, Stopped } from '../domain/failure.ts';
import { planAdd } from '../domain/planner.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { NodeShell } from '../ports.ts';
import { type ApprovedChange, type ApprovedPorts, approvedChange } from './approved-change.ts';
import { type CancelWatch, watchForCancel } from './cancel-watch.ts';
import { catchUp } from './catch-up.ts';
import { BUSY_LIMIT_MS, BUSY_POLL_MS } from './guard-before-act.ts';
import { type LookPorts, look } from './look.ts';
import { record } from './record.ts';
import { type Run, runSteps, type StepPorts, secondsBetween } from './run-steps.ts';

export interface ApplyPorts extends LookPorts, ApprovedPorts, StepPorts {
  readonly shell: NodeShell;
}

/** Carries out an approved change, or goes on with one that was interrupted; every outcome is written down before it is told. */
export async function applyChange(id: ChangeId, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  await catchUp(id, ports);
  const stored = await ports.changes.get(id);
  if (stored === null || !['approved', 'applying'].includes(stored.change.state)) return;
  const approved = await approvedChange(id, ports);
  const end = isRefusal(approved) ? refusedNow(approved, ports) : await applied(approved, ports, signal);
  await record(id, end, ports);
}

const now = ({ clock }: ApplyPorts): string => clock.now().toISOString();
const refusedNow = (refusal: Refusal, ports: ApplyPorts): ChangeEvent => ({ type: 'refused', at: now(ports), refusal });

/** Look again, plan again, run what was approved and is still needed, until it is done, fails, or somebody cancels it. */
async function applied(approved: ApprovedChange, ports: ApplyPorts, signal: AbortSignal): Promise<ChangeEvent> {
  const cancel = watchForCancel(approved.id, ports.changes, ports.clock);
  try {
    return await lookedAndRun(approved, ports, cancel, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const by = cancel.askedBy();
    if (by !== null) return { type: 'cancelled', at: now(ports), by };
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
): Promise<ChangeEvent> {
  const { startedAt } = approved.change;
  const from = startedAt === undefined ? ports.clock.now() : new Date(startedAt);
  const run = await runOf(approved, ports, AbortSignal.any([signal, cancel.signal]));
  if (isRefusal(run)) return refusedOrStopped(run, approved, ports);
  cancel.throwIfAsked();
  if (!approved.begun) await record(approved.id, { type: 'started', at: now(ports) }, ports);
  const proof = await runSteps(run, ports, cancel, signal);
  return { type: 'done', at: now(ports), proof, seconds: secondsBetween(from, ports.clock.now()) };
}

async function runOf(approved: ApprovedChange, ports: ApplyPorts, signal: AbortSignal): Promise<Run | Refusal> {
  const { id, plan, change } = approved;
  await ports.shell.pin(plan.approved.hostKeys.map(({ key }) => key));
  const facts = await lookWhenFree(change, ports, signal);
  if (isRefusal(facts)) return facts;
  const fresh = planAdd(change.intent, facts, { change: id, at: now(ports), begun: true });
  const needed = isRefusal(fresh) ? fresh : stepsStillNeeded(plan, fresh);
  return isRefusal(needed) ? needed : { id, plan, change, needed, facts };
}

/** Looks; somebody else's state run is waited for: the change is approved, and theirs ends by itself. */
async function lookWhenFree(
  { intent, jobs }: Change,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Facts | Refusal> {
  const until = ports.clock.now().getTime() + BUSY_LIMIT_MS;
  for (;;) {
    const facts = await look(intent, ports, Object.values(jobs), signal);
    const isBusy = !isRefusal(facts) && facts.salt.jobs.length > 0;
    if (!isBusy || ports.clock.now().getTime() >= until) return facts;
    await ports.clock.sleep(BUSY_POLL_MS, signal);
  }
}

/** A change that has begun cannot be refused any more: it has failed, and says what is done and what is not. */
function refusedOrStopped(refusal: Refusal, { change }: ApprovedChange, ports: ApplyPorts): ChangeEvent {
  return change.startedAt !== undefined
    ? { type: 'failed', at: now(ports), failure: new Stopped(refusal).report() }
    : refusedNow(refusal, ports);
}
