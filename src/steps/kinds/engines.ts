import { z } from 'zod';
import { Failure, notConfirmed, SaltFailed } from '../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { sameSet } from '../../domain/cluster/registry.ts';
import type { Jid, SaltJob } from '../../domain/cluster/salt.ts';
import { render } from '../../domain/node-commands/command.ts';
import { stepOnNodes } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { areListed, exactly } from '../world/engines-listed.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSatisfied } from '../world/wait.ts';

/** Package checks take minutes on a slow mirror. A minion that is silent after half an hour will not answer. */
const JOB_LIMIT_MS = 30 * 60_000;
const POLL_MS = 2_000;
/** The states take a second if nothing has to be installed. */
const FIRST_POLL_MS = 500;
/** Reads of the job that may fail in a row: API and session are interrupted while containerd restarts on the bootstrap node. */
const FAILED_READS = 15;
/** A minion that in this many checks has no result and does not run the job has lost it (killed, or the node rebooted). */
const LOST_CHECKS = 3;
/** containerd needs some seconds after its restart until it answers. */
const RESTART_LIMITS = { limitMs: 60_000, everyMs: POLL_MS };
/** A restarting salt-minion is back within about 20 seconds. */
const MINION_LIMITS = { limitMs: 40_000, everyMs: POLL_MS };

const schema = stepOnNodes('engines', {
  /** Addresses of exactly the registries that every engine must list, sorted. */
  addresses: z.array(z.string()),
});

type EnginesStep = Data<typeof schema>;

/** Reconfigures every container engine (metalk8s.container-engine) with an asynchronous job. Its ID is in the journal before the wait. */
export const engines: StepPlug<EnginesStep> = {
  schema,
  title: () => 'Reconfigure the container engines',
  seconds: () => ({ from: 40, to: 240 }),
  ...RUNS_ALONE,
  check: areConfigured,
  async act(step, world, signal) {
    const jid = world.startedJob ?? (await start(step, world, signal));
    const job = await waitForJob(jid, step, world, signal);
    for (const node of step.nodes) {
      const answer = job.returns[node] ?? { is: 'no-return' as const, says: `Job ${jid} has no result from ${node}.` };
      if (answer.is !== 'ok') throw new SaltFailed(node, commandLine(step), answer);
    }
  },
  confirm: (step, world, signal) =>
    waitUntilSatisfied(() => areConfigured(step, world, signal), RESTART_LIMITS, world.clock, signal),
};

const commandLine = (step: EnginesStep): string => step.commands.map(({ command }) => render(command)).join('; ');

function areConfigured(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  return areListed(step.nodes, exactly(step.addresses), world, signal);
}

/** Checks once more before the step that changes every node: a registry that is missing now would be removed from every engine. */
async function start(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Jid> {
  await untilMinionsAnswer(step, world, signal);
  const { ready } = await world.kubernetes.endpoints(signal);
  if (!sameSet(ready, step.addresses)) {
    throw notConfirmed(
      'Endpoints kube-system/repositories',
      `They list ${listed([...ready].sort()) || 'nothing'} instead of exactly ${listed(step.addresses)}. The engines were not changed.`,
      `Bring the missing registry back to Ready, then ${RETRY_HINT}.`,
    );
  }
  const [planned] = step.commands;
  if (planned === undefined)
    throw notConfirmed('the plan', 'It has no command for the engines.', 'Request a new plan.');
  const jid = await world.salt.start(planned.command, signal);
  await world.onJob(jid);
  return jid;
}

/** Waits until every minion answers, because a silent one would miss the job. Throws `not-confirmed` before anything has run. */
async function untilMinionsAnswer(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const finding = await waitUntilSatisfied(() => areAnswering(step, world, signal), MINION_LIMITS, world.clock, signal);
  if (finding.is === 'satisfied') return;
  throw notConfirmed(
    'salt-minion',
    `${finding.says} The engines were not changed.`,
    `Check \`systemctl status salt-minion\` on that node, then ${RETRY_HINT}.`,
  );
}

async function areAnswering({ nodes }: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const answered = await world.salt.answering(nodes, signal);
  if (answered === null) return unsatisfied('The Salt master does not answer.');
  const silent = nodes.filter((node) => !answered.includes(node));
  if (silent.length === 0) return satisfied();
  world.throwIfCancelled();
  const says = `The minion of ${listed(silent)} does not answer.`;
  world.onProgress({ done: 0, total: 0, unit: 'wait', note: `${says} Waiting for it.` });
  return unsatisfied(says);
}

async function waitForJob(jid: Jid, step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<SaltJob> {
  const until = world.clock.steadyMs() + JOB_LIMIT_MS;
  let lost = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_MS, 2 * pauseMs)) {
    const job = await jobOf(jid, world, signal);
    const pending = step.nodes.filter((node) => job.returns[node] === undefined);
    world.onProgress({
      done: step.nodes.length - pending.length,
      total: step.nodes.length,
      unit: 'nodes',
      note: `job ${jid}`,
    });
    if (pending.length === 0) return job;
    lost = (await runsSomewhere(jid, pending, world, signal)) ? 0 : lost + 1;
    if (lost >= LOST_CHECKS || world.clock.steadyMs() >= until) return job;
    await world.clock.sleep(lost > 0 ? POLL_MS : pauseMs, signal);
  }
}

/** Reads the job, and retries while the container engine restarts. Throws the last failure. */
async function jobOf(jid: Jid, world: StepWorld, signal: AbortSignal): Promise<SaltJob> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await world.salt.job(jid, signal);
    } catch (error) {
      if (!(error instanceof Failure) || failed >= FAILED_READS) throw error;
      await world.clock.sleep(POLL_MS, signal);
    }
  }
}

/** True if a pending node still runs the job, or if that could not be checked. */
async function runsSomewhere(
  jid: Jid,
  pending: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await world.salt.stillRunning(jid, pending, signal)).length > 0;
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}
