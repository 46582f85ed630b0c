import { z } from 'zod';
import { Failure, notConfirmed, SaltFailed } from '../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { endpointUrl, sameSet } from '../../domain/cluster/registry.ts';
import type { Jid, SaltJob } from '../../domain/cluster/salt.ts';
import { render } from '../../domain/node-commands/command.ts';
import { stepOnNodes } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { untilMinionsAnswer } from '../world/minions-answer.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSo } from '../world/wait.ts';

/** Package checks take minutes on a slow mirror; after half an hour nobody comes back. */
const JOB_LIMIT_MS = 30 * 60_000;
const POLL_MS = 2_000;
/** Where nothing has to be installed the states take a second. */
const FIRST_POLL_MS = 500;
/** Looks at a job that may fail in a row: the API and the session come and go while containerd restarts on the bootstrap node. */
const FAILED_LOOKS = 15;
/** A minion that neither answered nor runs the job on this many looks in a row has lost it (killed, or the node rebooted). */
const LOST_LOOKS = 3;
/** containerd needs some seconds after its restart until it answers. */
const READ_LIMIT_MS = 60_000;

const schema = stepOnNodes('engines', {
  /** Addresses of the registries that every engine must list, exactly; sorted. */
  addresses: z.array(z.string()),
});

type EnginesStep = Data<typeof schema>;

/** Reconfigures every container engine (metalk8s.container-engine), started asynchronously, its job id on the journal first. */
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
      const answer = job.returns[node] ?? { is: 'no-return' as const, says: `Job ${jid} has no answer of ${node}.` };
      if (answer.is !== 'ok') throw new SaltFailed(node, commandLine(step), answer);
    }
  },
  confirm: (step, world, signal) =>
    waitUntilSo(
      () => areConfigured(step, world, signal),
      { limitMs: READ_LIMIT_MS, everyMs: POLL_MS },
      world.clock,
      signal,
    ),
};

const commandLine = (step: EnginesStep): string => step.commands.map(({ command }) => render(command)).join('; ');

async function areConfigured(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const wanted = step.addresses.map(endpointUrl);
  const found = await world.salt.engines(step.nodes, signal);
  const right = step.nodes.filter((node) =>
    found.some((engine) => engine.node === node && engine.is === 'known' && sameSet(engine.endpoints, wanted)),
  );
  if (right.length === step.nodes.length) return satisfied(`${right.length}/${step.nodes.length} engines`);
  const wrong = step.nodes.filter((node) => !right.includes(node));
  return unsatisfied(`The container engine of ${listed(wrong)} does not list exactly ${listed(wanted)}.`);
}

/** The last look before the one step that touches every node: an endpoint that is missing now would be taken out everywhere. */
async function start(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Jid> {
  await untilMinionsAnswer(step, world, signal);
  const { ready } = await world.kubernetes.endpoints(signal);
  if (!sameSet(ready, step.addresses)) {
    throw notConfirmed(
      'Endpoints kube-system/repositories',
      `They list ${listed([...ready].sort()) || 'nothing'} instead of exactly ${listed(step.addresses)}; the engines were not touched.`,
      `Bring the missing registry back to Ready, then ${RETRY_HINT}.`,
    );
  }
  const [planned] = step.commands;
  if (planned === undefined)
    throw notConfirmed('the plan', 'It has no command for the engines.', 'Ask for a new plan.');
  const jid = await world.salt.start(planned.command, signal);
  await world.onJob(jid);
  return jid;
}

async function waitForJob(jid: Jid, step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<SaltJob> {
  const until = world.clock.steadyMs() + JOB_LIMIT_MS;
  let lost = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_MS, 2 * pauseMs)) {
    const job = await lookAt(jid, world, signal);
    const pending = step.nodes.filter((node) => job.returns[node] === undefined);
    world.onProgress({
      done: step.nodes.length - pending.length,
      total: step.nodes.length,
      unit: 'nodes',
      note: `job ${jid}`,
    });
    if (pending.length === 0) return job;
    lost = (await runsSomewhere(jid, pending, world, signal)) ? 0 : lost + 1;
    if (lost >= LOST_LOOKS || world.clock.steadyMs() >= until) return job;
    await world.clock.sleep(lost > 0 ? POLL_MS : pauseMs, signal);
  }
}

/** A look at the job that outlives the container engine's restart; the last failure is thrown when none gets through. */
async function lookAt(jid: Jid, world: StepWorld, signal: AbortSignal): Promise<SaltJob> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await world.salt.job(jid, signal);
    } catch (error) {
      if (!(error instanceof Failure) || failed >= FAILED_LOOKS) throw error;
      await world.clock.sleep(POLL_MS, signal);
    }
  }
}

/** Does a pending node still run the job? A question that fails says nothing, and so counts as yes. */
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
