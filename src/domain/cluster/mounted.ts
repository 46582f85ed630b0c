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

/**
 * True for a mount that may be of this file although it has another name: a link on the way was changed, the file was renamed, or the
 * loop device does not say.
 */
export const mayBeBackedBy =
  (path: string) =>
  (entry: MountFacts): boolean => {
    const [folder, name] = parted(path);
    const [otherFolder, otherName] = parted(entry.backingFile.replace(DELETED, ''));
    const isAlike = otherFolder === folder || otherName === name || entry.backingFile.startsWith('/dev/loop');
    return isAlike && !isBackedBy(path)(entry);
  };

const parted = (path: string): readonly [string, string] => {
  const at = path.lastIndexOf('/');
  return [path.slice(0, at), path.slice(at + 1)];
};

export const DELETED = ' (deleted)';

/** True for any mount at this mount point. */
export const isAt =
  (mountpoint: string) =>
  (entry: MountFacts): boolean =>
    entry.mountpoint === mountpoint;
