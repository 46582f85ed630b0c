import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import { sameSet } from '../../domain/cluster/registry.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import { count } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { missingImages } from '../world/served-images.ts';
import { saltStates } from '../world/state-on-node.ts';
import type { StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';
import { waitUntilSatisfied } from '../world/wait.ts';

/** How long the new pod may take to serve; repo.installed has already waited for an HTTP answer. */
const POD_LIMITS = { limitMs: 120_000, everyMs: 1_000 };

const schema = stepOnNode('deploy', {
  version: z.string(),
  /** Archive IDs that the registry must carry, sorted. */
  carries: z.array(z.string()),
});

type DeployStep = Data<typeof schema>;

/** Deploys the registry's pod (metalk8s.repo.installed). It is the last state, so that the pod starts with every include. */
export const deploy: StepPlug<DeployStep> = {
  schema,
  title: (where) => `Deploy the registry on ${where}`,
  seconds: () => ({ from: 40, to: 120 }),
  ...saltStates(isServing),
  confirm: (step, world, signal) =>
    // The states have ended, and kubelet does the rest by itself.
    waitUntilSatisfied((until) => isServing(step, world, until), POD_LIMITS, world, signal),
};

async function isServing(step: DeployStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const { registries } = await world.kubernetes.look(signal);
  const registry = registries.find(({ node }) => node === step.node);
  if (registry === undefined) return unsatisfied(`There is no pod repositories-${step.node}.`);
  if (registry.version !== step.version)
    return unsatisfied(`The pod repositories-${step.node} has version ${registry.version}, not ${step.version}.`);
  if (!sameSet(registry.carries, step.carries))
    return unsatisfied(`The pod repositories-${step.node} does not carry every archive.`);
  return await servesAll(step, world, signal);
}

async function servesAll(step: DeployStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  let images = 0;
  for (const archive of world.archives) {
    const missing = await missingOrSilent(step, world, archive, signal);
    if (typeof missing === 'string') return unsatisfied(missing);
    if (missing.length > 0)
      return unsatisfied(
        `The registry of ${step.node} does not serve ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}.`,
      );
    images += archive.images.length;
  }
  return satisfied(`${count(images, 'manifest')} served`);
}

async function missingOrSilent(
  step: DeployStep,
  world: StepWorld,
  archive: StepWorld['archives'][number],
  signal: AbortSignal,
) {
  try {
    return await missingImages(world.registries, world.addressOf(step.node), archive, signal);
  } catch (error) {
    if (error instanceof Unreachable) return error.says;
    throw error;
  }
}
