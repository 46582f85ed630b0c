import { includeOfVersion } from '../../domain/cluster/registry.ts';
import type { OtherVersionStep } from '../../domain/plan/step.ts';
import { runStates } from '../world/state-on-node.ts';
import { type Finding, type StepWork, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

/**
 * Lets the registry serve another MetalK8s version (metalk8s.repo.configured with that version's saltenv). The documented
 * procedure forgets it: repo.installed writes the include of its own saltenv only, and the other version's images answer 404.
 */
export const otherVersion: StepWork<OtherVersionStep> = {
  check: isConfigured,
  act: (step, world, signal) => runStates(step, world, signal, () => isConfigured(step, world, signal)),
  confirm: isConfigured,
};

async function isConfigured(step: OtherVersionStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const files = await world.targets.registryConfig(world.accessTo(step.node), signal);
  const file = includeOfVersion(step.saltenv);
  return files.includes(file) ? satisfied(file) : unsatisfied(`${file} is missing in the registry's configuration.`);
}
