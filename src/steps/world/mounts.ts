import { isMountOf } from '../../domain/cluster/mounted.ts';
import type { MountedArchive } from '../../domain/plan/step.ts';
import type { StepWorld } from './step-world.ts';

/** The archives that are not mounted from their ISO now, or would not be after a reboot (/etc/fstab). */
export async function notMounted(
  node: string,
  archives: readonly MountedArchive[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<readonly MountedArchive[]> {
  const paths = archives.map(({ path }) => path);
  const { mounts, fstab } = await world.targets.mounts(world.accessTo(node), paths, signal);
  return archives.filter((archive) => !mounts.some(isMountOf(archive)) || !fstab.some(isMountOf(archive)));
}
