import { z } from 'zod';
import { includeOfSolution } from '../../domain/cluster/registry.ts';
import { mountedArchive, stepOnNode } from '../../domain/plan/step-shared.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { notMounted } from '../world/mounts.ts';
import { saltStates } from '../world/state-on-node.ts';
import type { StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

const schema = stepOnNode('solutions', { archives: z.array(mountedArchive) });

type SolutionsStep = Data<typeof schema>;

/** Mounts the solutions and writes their registry configuration (metalk8s.solutions.available). */
export const solutions: StepPlug<SolutionsStep> = {
  schema,
  title: (where) => `Make solutions available on ${where}`,
  seconds: () => ({ from: 3, to: 10 }),
  ...saltStates(areAvailable),
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
