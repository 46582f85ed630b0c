import type { ChangeEvent, ChangeId } from '../domain/change.ts';
import { stepsStillNeeded } from '../domain/digest.ts';
import { isOfTheCluster, Stopped } from '../domain/failure.ts';
import { planAdd } from '../domain/planner.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import type { NodeShell } from '../ports.ts';
import { type ApprovedChange, type ApprovedPorts, approvedChange } from './approved-change.ts';
import { catchUp } from './catch-up.ts';
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

/** Look again, plan again, run what was approved and is still needed. */
async function applied(approved: ApprovedChange, ports: ApplyPorts, signal: AbortSignal): Promise<ChangeEvent> {
  const from = approved.change.startedAt === undefined ? ports.clock.now() : new Date(approved.change.startedAt);
  try {
    await ports.shell.pin(approved.plan.approved.hostKeys.map(({ key }) => key));
    const run = await runOf(approved, ports, signal);
    if (isRefusal(run)) return refusedOrStopped(run, approved, ports);
    if (!approved.begun) await record(approved.id, { type: 'started', at: now(ports) }, ports);
    const proof = await runSteps(run, ports, signal);
    return { type: 'done', at: now(ports), proof, seconds: secondsBetween(from, ports.clock.now()) };
  } catch (error) {
    if (signal.aborted || !isOfTheCluster(error)) throw error;
    return { type: 'failed', at: now(ports), failure: error.report() };
  }
}

async function runOf(
  { id, plan, change }: ApprovedChange,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<Run | Refusal> {
  const facts = await look(change.intent, ports, Object.values(change.jobs), signal);
  if (isRefusal(facts)) return facts;
  const fresh = planAdd(change.intent, facts, { change: id, at: now(ports), begun: true });
  const needed = isRefusal(fresh) ? fresh : stepsStillNeeded(plan, fresh);
  return isRefusal(needed) ? needed : { id, plan, change, needed, facts };
}

/** A change that has begun cannot be refused any more: it has failed, and says what is done and what is not. */
function refusedOrStopped(refusal: Refusal, { begun }: ApprovedChange, ports: ApplyPorts): ChangeEvent {
  return begun
    ? { type: 'failed', at: now(ports), failure: new Stopped(refusal).report() }
    : refusedNow(refusal, ports);
}
