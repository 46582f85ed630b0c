import { z } from 'zod';
import { notConfirmed } from '../../domain/answers/failure.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import type { Data } from '../../domain/text/shape.ts';
import { mustRunOnNode } from '../world/run-on-node.ts';
import { RUNS_ALONE, type StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSo } from '../world/wait.ts';

/** MetalK8s' own test waits 120 s for the pod to go; a kubelet without its API server is slower. */
const GONE_LIMIT_MS = 240_000;

const schema = stepOnNode('withdraw', {
  manifest: z.string(),
  /** Where the manifest is kept, outside kubelet's folder. */
  kept: z.string(),
});

type WithdrawStep = Data<typeof schema>;

/** Takes a registry out of service: the manifest leaves kubelet's folder, and the pod ends. Moving it back brings the registry back. */
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
      `${step.manifest} is still there, as ${step.kept} is in its way.`,
      `Look at both files on ${step.node}, move ${step.kept} away, then press Retry from here.`,
    );
  },
  confirm: (step, world, signal) =>
    waitUntilSo(
      () => {
        // The manifest is away, and kubelet needs nobody for the rest.
        world.throwIfCancelled();
        return isGone(step, world, signal);
      },
      { limitMs: GONE_LIMIT_MS, everyMs: 2_000 },
      world.clock,
      signal,
    ),
};

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
