import { stopped } from '../../domain/answers/failure.ts';
import { type Refusal, type RefusalCode, refuse } from '../../domain/answers/refusal.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { type Facts, isClosed } from '../../domain/cluster/facts.ts';
import { otherMachine } from '../../domain/cluster/machine.ts';
import type { Jid, RunningJob, StateRuns } from '../../domain/cluster/salt.ts';
import { refusalBeforeStep } from '../../domain/guards/guards.ts';
import { scriptsRefusal } from '../../domain/guards/scripts.ts';
import type { Reach } from '../../domain/plan/reach.ts';
import type { StepShared } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BootstrapNode, Kubernetes } from '../../ports/cluster.ts';
import type { TargetNodes } from '../../ports/nodes.ts';
import type { Changes } from '../../ports/record.ts';
import type { Salt } from '../../ports/salt.ts';

/** Another person's highstate takes minutes. After this limit, a person must check. */
export const BUSY_LIMIT_MS = 10 * 60_000;
export const BUSY_POLL_MS = 5_000;
/** Longer than the restart of a minion, of a pod, or of a node. */
const SILENT_LIMIT_MS = 120_000;

/** What passes by itself when a node reboots, or its kubelet is late for once. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set(['node-not-ready', 'bootstrap-registry-not-ready']);

export interface GuardPorts {
  readonly bootstrap: Pick<BootstrapNode, 'scripts'>;
  readonly kubernetes: Kubernetes;
  readonly salt: Salt;
  readonly clock: Clock;
  readonly changes: Pick<Changes, 'stillOurs'>;
  /** Reports what the worker waits for. */
  readonly onWait: (says: string) => void;
}

/** What the plan was made for, and what this change itself runs. */
export interface Planned {
  readonly version: string;
  readonly reach: Reach;
  readonly nodes: readonly string[];
  readonly ownJobs: readonly Jid[];
  /** Whether the step waits for state runs of others. */
  readonly waitsForSalt: boolean;
  /** Other nodes on which steps of this change are running now. */
  readonly busyOthers: () => ReadonlySet<string>;
}

/** Checks right before a step acts, because the cluster may have changed since the approval. Throws what stops the step. */
export async function guardBeforeAct(planned: Planned, ports: GuardPorts, signal: AbortSignal): Promise<void> {
  const { clock, onWait } = ports;
  const until = clock.steadyMs() + SILENT_LIMIT_MS;
  for (;;) {
    if (planned.reach === 'cluster' && planned.waitsForSalt) await whileSaltIsBusy(planned, ports, signal);
    const refusal = await whyUnfit(planned, ports, signal);
    if (refusal === null) break;
    if (!TRANSIENT.has(refusal.refused) || clock.steadyMs() >= until) throw stopped(refusal);
    onWait(`${refusal.says} Waiting for at most two minutes.`);
    await clock.sleep(BUSY_POLL_MS, signal);
  }
  // A process that was suspended (SIGSTOP) continues here before any of its timers fires.
  await ports.changes.stillOurs();
}

async function whyUnfit(planned: Planned, ports: GuardPorts, signal: AbortSignal): Promise<Refusal | null> {
  const kube = await ports.kubernetes.look(signal);
  const unfit = refusalBeforeStep(kube, planned.version, planned.nodes, planned.reach);
  return unfit ?? scriptsRefusal(await ports.bootstrap.scripts(signal));
}

/** Checks that the machine of a step's node is still the one in the facts that the plan was compared with. Throws what stops the step. */
export async function guardMachine(
  step: StepShared & { readonly node?: string },
  { kube, targets: seen }: Pick<Facts, 'kube' | 'targets'>,
  { targets }: { readonly targets: Pick<TargetNodes, 'machine'> },
  signal: AbortSignal,
): Promise<void> {
  const node = kube.nodes.find(({ name }) => name === step.node);
  const before = seen.find((target) => target.node === step.node);
  if (step.commands.length === 0 || node === undefined || before === undefined || isClosed(before)) return;
  const why = otherMachine({ ip: node.ip, ...before.machine }, await targets.machine(node.access, signal));
  if (why === null) return;
  const says = `Another machine now answers as ${node.name} at ${node.access.host}:${node.access.port}: ${why}.`;
  throw stopped(refuse('wrong-machine', says, 'Find out which machine it is, then request a new plan.'));
}

/** Waits until no other state runs, because Salt runs one at a time. Throws what stops the step when that takes too long. */
async function whileSaltIsBusy(
  planned: Planned,
  { salt, clock, onWait }: GuardPorts,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.steadyMs() + BUSY_LIMIT_MS;
  let knownAt = clock.steadyMs();
  for (;;) {
    const busy = whyToWait(planned, await salt.stateRuns(planned.nodes, signal));
    if (busy === null) return;
    const now = clock.steadyMs();
    if (busy.refusal.refused === 'salt-busy') knownAt = now;
    if (now >= until || now >= knownAt + SILENT_LIMIT_MS) throw stopped(busy.refusal);
    onWait(busy.says);
    await clock.sleep(BUSY_POLL_MS, signal);
  }
}

/** Why the step must not act now, and what it is refused for in the end. A minion that does not answer may run a state. */
function whyToWait(planned: Planned, told: StateRuns | null): { says: string; refusal: Refusal } | null {
  if (told === null) {
    const says = 'The Salt master does not answer, so nobody knows which states run.';
    return {
      says: `${says} Waiting.`,
      refusal: refuse('salt-master-down', says, `Check its pod, then ${RETRY_HINT}.`),
    };
  }
  const [job] = told.runs.filter((run) => !isOwn(run, planned));
  if (job !== undefined) {
    const says = `${words(job)} has not ended in ten minutes.`;
    const refusal = refuse('salt-busy', says, `Wait for it to end, then ${RETRY_HINT}.`);
    return { says: `Waiting for another Salt state run to end: ${words(job)}.`, refusal };
  }
  const silent = planned.nodes.filter((node) => !told.answered.includes(node) && !planned.busyOthers().has(node));
  if (silent.length === 0) return null;
  const says = `The Salt minion of ${listed(silent)} does not answer, so nobody knows which states run there.`;
  const now = `Check \`systemctl status salt-minion\` there, then ${RETRY_HINT}.`;
  return { says: `${says} Waiting.`, refusal: refuse('minion-silent', says, now) };
}

/** A state on a node of another lane does not disturb this step; one that runs elsewhere too may. */
const isOwn = ({ jid, nodes }: RunningJob, { ownJobs, busyOthers }: Planned): boolean =>
  ownJobs.includes(jid) || (nodes.length > 0 && nodes.every((node) => busyOthers().has(node)));

const words = ({ fun, nodes, jid }: RunningJob): string => `${fun} on ${listed(nodes)} (jid ${jid})`;
