import { isOfTheCluster, notConfirmed } from '../../domain/answers/failure.ts';
import type { Change, ChangeEvent, ChangeId, Drilled, Proof } from '../../domain/change/change.ts';
import type { Facts, NodeFacts } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import { runName } from '../../domain/node-commands/run-commands.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { reachOf } from '../../domain/plan/reach.ts';
import type { Step } from '../../domain/plan/step.ts';
import { nodesOf } from '../../domain/plan/step-shared.ts';
import type { BootstrapNode } from '../../ports/cluster.ts';
import { plugOf } from '../../steps/kinds.ts';
import { forgetStep, runStep, type StepOutcome } from '../../steps/run-step.ts';
import { type Lane, stagesOf } from '../../steps/stages.ts';
import type { StepTools, StepWorld } from '../../steps/world/step-world.ts';
import { retryingPorts } from '../plan/retry-limits.ts';
import type { ChangeRecord, RecordPorts } from '../record/change-record.ts';
import { type CancelWatch, NEVER_CANCELLED, unlessCancelled } from './cancel-watch.ts';
import { guardBeforeAct, guardMachine } from './guard-before-act.ts';
import { runLanes } from './lanes.ts';
import { progressReporter } from './progress-reporter.ts';

export interface StepPorts extends RecordPorts, StepTools {
  readonly bootstrap: BootstrapNode;
  /** Nodes on which Salt states run at the same time. */
  readonly nodesAtATime: number;
  /** Called when progress could not be reported. */
  readonly onProgressLost: (error: unknown) => void;
}

/** How long the API server, the Salt master, a registry or a node may be unreachable during a step. */
const AWAY_LIMIT_MS = 120_000;

/** The approved plan, the steps of it that are still needed, the change and the facts. */
export interface Run {
  readonly id: ChangeId;
  readonly record: ChangeRecord;
  readonly plan: Plan;
  readonly change: Change;
  readonly needed: readonly Step[];
  readonly facts: Facts;
}

/** A run in progress. */
interface Work extends Run {
  readonly ports: StepPorts;
  /** Salt jobs that this change has started. */
  readonly ownJobs: Jid[];
  /** Nodes on which a step of this change is running. */
  readonly busy: Set<string>;
  readonly write: (event: ChangeEvent) => Promise<void>;
}

/** Runs the approved steps in order, those of different nodes in parallel where their kinds allow it. Returns the proof; a failure is recorded and thrown. */
export async function runSteps(run: Run, ports: StepPorts, cancel: CancelWatch, signal: AbortSignal): Promise<Proof> {
  const work: Work = {
    ...run,
    ports,
    ownJobs: [...Object.values(run.change.jobs)],
    busy: new Set(),
    write: (event) => run.record.journalAndPublish(event),
  };
  const needed = new Set(run.needed.map(({ id }) => id));
  let proof: Proof | undefined;
  const { steps } = run.plan.approved;
  const underWay = steps.findLastIndex((step) => isJobUnderWay(step, run.change));
  const runLane = async (lane: Lane, untilBroken: AbortSignal): Promise<void> => {
    for (const step of lane) {
      const watch = steps.indexOf(step) > underWay ? cancel : NEVER_CANCELLED;
      untilBroken.throwIfAborted();
      watch.throwIfAsked();
      if (needed.has(step.id)) proof = (await runAndRecord(step, work, watch, untilBroken)) ?? proof;
      else await recordAlready(step, work, untilBroken);
    }
  };
  for (const { lanes, sharesNetwork } of stagesOf(steps))
    await runLanes(lanes, sharesNetwork ? lanes.length : ports.nodesAtATime, signal, runLane);
  if (proof === undefined)
    throw notConfirmed('the plan', 'It has no step that proves the result.', 'Request a new plan.');
  return proof;
}

/** True if the step was interrupted while its Salt job ran on the nodes; the job continues by itself. */
export const isJobUnderWay = ({ id }: Step, { jobs, steps }: Change): boolean =>
  jobs[id] !== undefined && steps[id]?.is === 'running';

async function recordAlready(step: Step, work: Work, signal: AbortSignal): Promise<void> {
  const before = work.change.steps[step.id]?.is;
  if (before === 'done') return;
  const at = work.ports.clock.now().toISOString();
  await work.write({ type: 'step-done', at, step: step.id, already: true, seconds: 0 });
  if (before === 'running') await forgetStep(step, runsOf(step, work), signal);
}

/** How to find the Salt runs of a step. */
const runsOf = ({ id: step }: Step, { id, change, facts, ports }: Work) => ({
  salt: ports.salt,
  accessTo: (name: string) => nodeNamed(name, facts).access,
  runName: runName(id, step, change.approvals),
});

async function runAndRecord(
  step: Step,
  work: Work,
  cancel: CancelWatch,
  signal: AbortSignal,
): Promise<Proof | undefined> {
  const { ports, write } = work;
  const from = ports.clock.steadyMs();
  const ended = () => ({
    at: ports.clock.now().toISOString(),
    step: step.id,
    seconds: inSeconds(ports.clock.steadyMs() - from),
  });
  await write({ type: 'step-started', at: ports.clock.now().toISOString(), step: step.id });
  try {
    const { already, note, proof } = await runGuarded(step, work, cancel, signal);
    const more = { ...(note === undefined ? {} : { note }), ...drilledIn(proof) };
    await write({ type: 'step-done', ...ended(), already, ...more });
    await forgetStep(step, runsOf(step, work), signal);
    return proof;
  } catch (error) {
    // A cancel can only break a step that it may interrupt anywhere. Any other error is a real failure.
    if (isCutAnywhere(step)) cancel.throwIfAsked();
    if (signal.aborted || !isOfTheCluster(error)) throw error;
    await write({ type: 'step-failed', ...ended(), failure: error.report() });
    throw error;
  }
}

const drilledIn = (of: { readonly drilled?: Drilled } | { readonly is: string } | undefined) =>
  of !== undefined && 'drilled' in of ? { drilled: of.drilled } : {};

/** Runs a step behind the guards. Reports on the card while it waits for something unreachable. */
function runGuarded(step: Step, work: Work, cancel: CancelWatch, signal: AbortSignal): Promise<StepOutcome> {
  const { id, ports, plan, ownJobs, facts } = work;
  const others = () => new Set([...work.busy].filter((node) => !nodesOf(step).includes(node)));
  const nodes = facts.kube.nodes.map(({ name }) => name);
  const { version, steps } = plan.approved;
  const { waitsForSalt } = plugOf(step.kind);
  const planned = { version, reach: reachOf(steps), nodes, ownJobs, waitsForSalt, busyOthers: others };
  const report = progressReporter(id, ports.changes, ports.clock, ports.onProgressLost);
  const onWait = (says: string) => report(step.id, { done: 0, total: 0, unit: 'wait', note: says });
  const checks = retryingPorts(ports, { clock: ports.clock, limitMs: AWAY_LIMIT_MS, onWait });
  const world = worldOf(step, { ...work, ports: checks }, (progress) => report(step.id, progress), cancel);
  const untilCancel = AbortSignal.any([signal, cancel.signal]);
  const guard = () =>
    unlessCancelled(cancel, async () => {
      await guardBeforeAct(planned, { ...checks, onWait }, untilCancel);
      await guardMachine(step, work.facts, checks, untilCancel);
    });
  for (const node of nodesOf(step)) work.busy.add(node);
  return runStep(step, world, guard, isCutAnywhere(step) ? untilCancel : signal).finally(() => {
    for (const node of nodesOf(step)) work.busy.delete(node);
  });
}

const isCutAnywhere = ({ kind }: Step): boolean => plugOf(kind).cancel === 'anywhere';

/** Seconds with one decimal. */
export const inSeconds = (ms: number): number => Math.round(ms / 100) / 10;

function worldOf(step: Step, work: Work, onProgress: StepWorld['onProgress'], cancel: CancelWatch): StepWorld {
  const { change, facts, ports, ownJobs, write } = work;
  return {
    ...ports,
    ...runsOf(step, work),
    addressOf: (name) => nodeNamed(name, facts).ip ?? '',
    archives: soundArchives(facts.bootstrap.archives),
    onProgress,
    cancelled: cancel.signal,
    throwIfCancelled: () => cancel.throwIfAsked(),
    async onJob(jid) {
      ownJobs.push(jid);
      await write({ type: 'job-started', at: ports.clock.now().toISOString(), step: step.id, jid });
    },
    startedJob: change.jobs[step.id],
    ...drilledIn(Object.values(change.steps).find((one) => 'drilled' in one)),
  };
}

function nodeNamed(name: string, { kube }: Facts): NodeFacts {
  const node = kube.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw notConfirmed(name, 'It is no longer a node of the cluster.', 'Request a new plan.');
  return node;
}
