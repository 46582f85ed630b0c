import { includeOfSolution } from '../../domain/cluster/registry.ts';
import type { SolutionsStep } from '../../domain/plan/step.ts';
import { count, listed } from '../../domain/text/format.ts';
import { notMounted } from '../world/mounts.ts';
import { runStates } from '../world/state-on-node.ts';
import { type Finding, type StepWork, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

/** Mounts the solutions and writes their registry configuration (metalk8s.solutions.available). */
export const solutions: StepWork<SolutionsStep> = {
  check: areAvailable,
  act: (step, world, signal) => runStates(step, world, signal, () => areAvailable(step, world, signal)),
  confirm: areAvailable,
};

async function areAvailable(step: SolutionsStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const missing = await notMounted(step.node, step.archives, world, signal);
  if (missing.length > 0)
    return unsatisfied(`${listed(missing.map(({ id }) => id))} is not mounted from its ISO, or not in /etc/fstab.`);
  const files = await world.targets.registryConfig(world.accessTo(step.node), signal);
  const unserved = step.archives.filter(({ id }) => !files.includes(includeOfSolution(id)));
  if (unserved.length === 0) return satisfied(`${count(step.archives.length, 'solution')} available`);
  return unsatisfied(`The registry configuration of ${listed(unserved.map(({ id }) => id))} is missing.`);
}
