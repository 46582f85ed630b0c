import { isRefusal, type Refusal, type RefusalCode } from '../../domain/answers/refusal.ts';
import { stepsStillNeeded } from '../../domain/plan/stale-plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NodeShell } from '../../ports/nodes.ts';
import type { Changes, Journal } from '../../ports/record.ts';
import { type FreshPlanPorts, freshPlan } from '../plan/fresh-plan.ts';
import { retryingPorts } from '../plan/retry-limits.ts';
import type { ApprovedChange } from './approved-change.ts';
import { BUSY_LIMIT_MS, BUSY_POLL_MS } from './guard-before-act.ts';
import { waitReporter } from './progress-reporter.ts';
import type { Run } from './run-steps.ts';

export interface FreshRunPorts extends FreshPlanPorts {
  readonly journal: Journal;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly shell: Pick<NodeShell, 'pin'>;
  readonly onProgressLost: (error: unknown) => void;
}

/** Conditions that pass by themselves after a restart of the bootstrap node during a change. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set([
  'salt-master-down',
  'minion-silent',
  'script-running',
  'node-not-ready',
  'bootstrap-registry-not-ready',
  'registry-unfit',
]);

/** Plans again and returns the approved steps that are still needed, or a refusal. Waits for Salt runs and, on resume, for services. */
export async function freshRun(
  approved: ApprovedChange,
  ports: FreshRunPorts,
  signal: AbortSignal,
): Promise<Run | Refusal> {
  const { clock, shell } = ports;
  const pin = () => shell.pin(approved.plan.approved.hostKeys);
  // The first start has pinned them. A retry must not pin a key again that an operator has removed since, for a new machine.
  const hasPinned = approved.change.startedAt !== undefined;
  if (!hasPinned) await pin();
  const until = clock.steadyMs() + BUSY_LIMIT_MS;
  const onWait = waitReporter(approved.id, ports);
  const checks = approved.begun ? retryingPorts(ports, { clock, limitMs: BUSY_LIMIT_MS, onWait }) : ports;
  for (;;) {
    const run = await runOf(approved, checks, signal);
    const mayPass = isRefusal(run) && (run.refused === 'salt-busy' || (approved.begun && TRANSIENT.has(run.refused)));
    if (!mayPass || clock.steadyMs() >= until) {
      if (hasPinned && !isRefusal(run)) await pin();
      return run;
    }
    onWait(`Waiting for at most ten minutes: ${run.says}`);
    await clock.sleep(BUSY_POLL_MS, signal);
  }
}

async function runOf(
  { id, record, plan, change }: ApprovedChange,
  ports: FreshPlanPorts & { readonly clock: Clock },
  signal: AbortSignal,
): Promise<Run | Refusal> {
  const at = ports.clock.now().toISOString();
  const when = { change: id, at, begun: true, hasRoom: change.startedAt !== undefined };
  // Its plan names the nodes: a registry that appeared since is not touched.
  const fresh = await freshPlan(plan.approved.intent, when, ports, Object.values(change.jobs), signal);
  if (isRefusal(fresh)) return fresh;
  const needed = stepsStillNeeded(plan, fresh.plan);
  return isRefusal(needed) ? needed : { id, record, plan, change, needed, facts: fresh.facts };
}
