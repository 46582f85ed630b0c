import { z } from 'zod';
import { failedTogether, notConfirmed, SaltFailed } from '../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { sameSet } from '../../domain/cluster/registry.ts';
import type { Jid, SaltReturn } from '../../domain/cluster/salt.ts';
import { render } from '../../domain/node-commands/command.ts';
import { stepOnNodes } from '../../domain/plan/step-shared.ts';
import { listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { waitForJob } from '../world/engines-job.ts';
import { areListed, exactly } from '../world/engines-listed.ts';
import { stayHealthy } from '../world/health-gate.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSatisfied } from '../world/wait.ts';

const POLL_MS = 2_000;
/** containerd needs some seconds after its restart until it answers. */
const RESTART_LIMITS = { limitMs: 60_000, everyMs: POLL_MS };
/** Longer than the ten-second probes that may take a registry out of the Endpoints for a moment. */
const ENDPOINTS_LIMITS = { limitMs: 120_000, everyMs: POLL_MS };

const schema = stepOnNodes('engines', {
  /** Addresses of exactly the registries that every engine must list, sorted. */
  addresses: z.array(z.string()),
  /** The step ends only when its nodes are healthy again, so that the next one may follow. */
  gated: z.literal(true).exactOptional(),
});

type EnginesStep = Data<typeof schema>;

/** Reconfigures every container engine (metalk8s.container-engine) with an asynchronous job. Its ID is in the journal before the wait. */
export const engines: StepPlug<EnginesStep> = {
  schema,
  title: () => 'Reconfigure the container engines',
  seconds: ({ gated }) => (gated === true ? { from: 30, to: 180 } : { from: 40, to: 240 }),
  ...RUNS_ALONE,
  check: (step, world, signal) => areConfigured(step.nodes, step, world, signal),
  async act(step, world, signal) {
    const jid = world.startedJob ?? (await start(step, world, signal));
    const { returns } = await waitForJob(jid, step.nodes, world, signal);
    const owing = await stillOwing(
      step.nodes.filter((node) => returns[node] === undefined),
      step,
      world,
      signal,
    );
    const answers = step.nodes.map((node) => ({ node, answer: returns[node] ?? owing.get(node) ?? DONE }));
    const bad = answers.filter(({ answer }) => answer.is !== 'ok');
    if (bad.length === 0) return;
    throw failedTogether(bad.map(({ node, answer }) => new SaltFailed(node, commandLine(step), answer)));
  },
  async confirm(step, world, signal) {
    // The job has ended: a cancel leaves nothing half done.
    const check = (until: AbortSignal) => areConfigured(step.nodes, step, world, until);
    const found = await waitUntilSatisfied(check, RESTART_LIMITS, world, signal);
    return found.is === 'satisfied' && step.gated === true
      ? await stayHealthy(step.nodes, check, world, signal)
      : found;
  },
};

const DONE: SaltReturn = { is: 'ok', states: 0, changed: 0 };

const commandLine = (step: EnginesStep): string => step.commands.map(({ command }) => render(command)).join('; ');

const areConfigured = (nodes: readonly string[], step: EnginesStep, world: StepWorld, signal: AbortSignal) =>
  areListed(nodes, exactly(step.addresses), world, signal);

/** Nodes without a result whose engines are not configured either: a result is lost when the master restarts as the job ends. */
async function stillOwing(
  nodes: readonly string[],
  step: EnginesStep,
  world: StepWorld,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SaltReturn>> {
  if (nodes.length === 0) return new Map();
  const check = (until: AbortSignal) => areConfigured(nodes, step, world, until);
  if ((await waitUntilSatisfied(check, RESTART_LIMITS, world, signal)).is === 'satisfied') return new Map();
  const owing: string[] = [];
  for (const node of nodes) if ((await areConfigured([node], step, world, signal)).is !== 'satisfied') owing.push(node);
  const there = await world.salt.answering(owing, signal);
  return new Map(owing.map((node) => [node, withoutResult(node, there)]));
}

function withoutResult(node: string, there: readonly string[] | null): SaltReturn {
  if (there === null) return { is: 'no-return', says: `The Salt master does not answer, so ${node} cannot be asked.` };
  return there.includes(node)
    ? { is: 'dropped', says: `The minion of ${node} answers. Its engine does not list the registries.` }
    : { is: 'no-return', says: `The minion of ${node} does not answer.` };
}

/**
 * Checks once more before the step that changes every node: a registry that is missing now would be removed from every engine. That
 * every minion answers was seen by the guard a moment ago.
 */
async function start(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<Jid> {
  await untilRegistriesAreReady(step, world, signal);
  world.throwIfCancelled();
  const [planned] = step.commands;
  if (planned === undefined)
    throw notConfirmed('the plan', 'It has no command for the engines.', 'Request a new plan.');
  const jid = await world.salt.start(planned.command, signal);
  await world.onJob(jid);
  return jid;
}

const NOT_STARTED = 'The job for the engines was not started.';

/** Waits until the Endpoints list exactly the planned registries: a probe that failed once takes an address out for a moment. */
async function untilRegistriesAreReady(step: EnginesStep, world: StepWorld, signal: AbortSignal): Promise<void> {
  const check = async (until: AbortSignal): Promise<Finding> => {
    const { ready } = await world.kubernetes.endpoints(until);
    if (sameSet(ready, step.addresses)) return satisfied();
    const says = `They list ${listed([...ready].sort()) || 'nothing'} instead of exactly ${listed(step.addresses)}.`;
    return unsatisfied(says, 'Endpoints kube-system/repositories');
  };
  const finding = await waitUntilSatisfied(check, ENDPOINTS_LIMITS, world, signal);
  if (finding.is === 'satisfied') return;
  throw notConfirmed(
    'Endpoints kube-system/repositories',
    `${finding.says} ${NOT_STARTED}`,
    `Bring the missing registry back to Ready, then ${RETRY_HINT}.`,
  );
}
