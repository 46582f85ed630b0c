import type { MountedArchive } from '../../domain/plan/step.ts';
import type { StepWorld } from './step-world.ts';

/** The archives that are not mounted from their ISO now, or would not be after a reboot (/etc/fstab). */
export async function notMounted(
  node: string,
  archives: readonly MountedArchive[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<readonly MountedArchive[]> {
  const { mounts, fstab } = await world.targets.mounts(world.accessTo(node), signal);
  return archives.filter(({ path, mountpoint }) => {
    const same = (entry: { mountpoint: string; backingFile: string }) =>
      entry.mountpoint === mountpoint && entry.backingFile === path;
    return !mounts.some(same) || !fstab.some(same);
  });
}
