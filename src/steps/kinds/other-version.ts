import { z } from 'zod';
import { includeOfVersion } from '../../domain/cluster/registry.ts';
import { stepOnNode } from '../../domain/plan/step-shared.ts';
import type { Data } from '../../domain/text/shape.ts';
import { saltStates } from '../world/state-on-node.ts';
import type { StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

const schema = stepOnNode('other-version', {
  /** The saltenv whose include the documented procedure omits. */
  saltenv: z.string(),
});

type OtherVersionStep = Data<typeof schema>;

/**
 * Lets the registry serve another MetalK8s version (metalk8s.repo.configured with that version's saltenv). The documented procedure
 * omits it: repo.installed writes only the include of its own saltenv, and images of the other version return 404.
 */
export const otherVersion: StepPlug<OtherVersionStep> = {
  schema,
  title: (where) => `Serve other versions on ${where}`,
  seconds: () => ({ from: 3, to: 10 }),
  ...saltStates(isConfigured),
};

async function isConfigured(step: OtherVersionStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const files = await world.targets.registryConfig(world.accessTo(step.node), signal);
  const file = includeOfVersion(step.saltenv);
  return files.includes(file) ? satisfied(file) : unsatisfied(`${file} is missing in the registry’s configuration.`);
}
