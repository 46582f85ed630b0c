import type { MountFacts } from './facts.ts';

interface Mounted {
  readonly path: string;
  readonly mountpoint: string;
}

/** True for a mount, or a line of /etc/fstab, of exactly this file at this mount point. */
export const isMountOf =
  ({ path, mountpoint }: Mounted) =>
  (entry: MountFacts): boolean =>
    entry.mountpoint === mountpoint && entry.backingFile === path;

/** True for a mount of a file that is, or was until it was deleted, at this path: the kernel marks a deleted file (drivers/block/loop.c). */
export const isBackedBy =
  (path: string) =>
  ({ backingFile }: MountFacts): boolean =>
    backingFile === path || backingFile === `${path}${DELETED}`;

export const DELETED = ' (deleted)';

/** True for any mount at this mount point. */
export const isAt =
  (mountpoint: string) =>
  (entry: MountFacts): boolean =>
    entry.mountpoint === mountpoint;
