import { z } from 'zod';
import { mountedArchive, stepOnNode } from '../../domain/plan/step-shared.ts';
import { count, listed } from '../../domain/text/format.ts';
import type { Data } from '../../domain/text/shape.ts';
import { notMounted } from '../world/mounts.ts';
import { saltStates } from '../world/state-on-node.ts';
import type { StepPlug } from '../world/step-plug.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from '../world/step-world.ts';

const schema = stepOnNode('mount', { archives: z.array(mountedArchive) });

type MountStep = Data<typeof schema>;

/** Mounts the MetalK8s archives on the target (metalk8s.archives.mounted). */
export const mount: StepPlug<MountStep> = {
  schema,
  title: (where) => `Mount archives on ${where}`,
  seconds: () => ({ from: 5, to: 15 }),
  ...saltStates(areMounted),
};

async function areMounted(step: MountStep, world: StepWorld, signal: AbortSignal): Promise<Finding> {
  const missing = await notMounted(step.node, step.archives, world, signal);
  if (missing.length === 0) return satisfied(`${count(step.archives.length, 'archive')} mounted, fstab included`);
  return unsatisfied(`${listed(missing.map(({ id }) => id))} is not mounted from its ISO, or not in /etc/fstab.`);
}
