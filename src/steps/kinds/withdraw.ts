import { z } from 'zod';
import { notConfirmed } from '../../domain/answers/failure.ts';
import { NOT_REPEATED, podStays, RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import type { Data } from '../../domain/text/shape.ts';
import { mustRunOnNode } from '../world/run-on-node.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSatisfied } from '../world/wait.ts';

/** MetalK8s' own test waits 120 s for the pod to end; a kubelet without its API server is slower. */
const GONE_LIMITS = { limitMs: 240_000, everyMs: 2_000 };

const schema = stepOnNode('withdraw', {
  manifest: z.string(),
  /** Where the manifest is kept, outside kubelet's folder. */
  kept: z.string(),
});

type WithdrawStep = Data<typeof schema>;

/** Moves the registry's manifest out of kubelet's folder, so that the pod ends. Moving it back restores the registry. */
export const withdraw: StepPlug<WithdrawStep> = {
  schema,
  title: (where) => `Take the registries on ${where} out of service`,
  seconds: () => ({ from: 5, to: 60 }),
  ...RUNS_ALONE,
  check: isGone,
  async act(step, world, signal) {
    for (const { command } of step.commands) {
      if (await isAway(step, world, signal)) return;
      await mustRunOnNode(step.node, command, () => isAway(step, world, signal), world, signal);
    }
    if (await isAway(step, world, signal)) return;
    throw notConfirmed(
      step.node,
      `${step.manifest} was not moved: ${step.kept} already exists.`,
      `Compare both files on ${step.node}, move ${step.kept} away, then ${RETRY_HINT}.`,
    );
  },
  confirm: hasEnded,
};

/** The manifest is moved, and kubelet does the rest by itself. */
async function hasEnded(step: WithdrawStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const found = await waitUntilSatisfied((until) => isGone(step, world, until), GONE_LIMITS, world, signal);
  if (found.is === 'satisfied' || !(await isAway(step, world, signal))) return found;
  throw notConfirmed(step.node, found.says, `${podStays(step.node)} Then ${RETRY_HINT}. ${NOT_REPEATED}`);
}

async function isAway({ node, manifest }: WithdrawStep, world: StepWorld, signal: AbortSignal): Promise<boolean> {
  return (await world.targets.present(world.accessTo(node), [manifest], signal)).length === 0;
}

async function isGone(step: WithdrawStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  if (!(await isAway(step, world, signal))) return unsatisfied(`${step.manifest} is still there.`);
  const { registries } = await world.kubernetes.look(signal);
  if (registries.some(({ node }) => node === step.node))
    return unsatisfied(`The pod repositories-${step.node} is still there.`);
  return satisfied(`pod repositories-${step.node} is gone`);
}
