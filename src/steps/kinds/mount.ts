import type { MountStep } from '../../domain/plan/step.ts';
import { count, listed } from '../../domain/text/format.ts';
import { notMounted } from '../world/mounts.ts';
import { runStates } from '../world/state-on-node.ts';
import { type Finding, type StepWork, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

/** Mounts the MetalK8s archives on the target (metalk8s.archives.mounted). */
export const mount: StepWork<MountStep> = {
  check: areMounted,
  act: (step, world, signal) => runStates(step, world, signal, () => areMounted(step, world, signal)),
  confirm: areMounted,
};

async function areMounted(step: MountStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const missing = await notMounted(step.node, step.archives, world, signal);
  if (missing.length === 0) return satisfied(`${count(step.archives.length, 'archive')} mounted, fstab included`);
  return unsatisfied(`${listed(missing.map(({ id }) => id))} is not mounted from its ISO, or not in /etc/fstab.`);
}
