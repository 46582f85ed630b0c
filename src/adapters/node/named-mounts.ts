import { mountpointOf } from '../../domain/cluster/archive.ts';
import type { MountFacts, OpenTarget } from '../../domain/cluster/facts.ts';
import { DELETED } from '../../domain/cluster/mounted.ts';
import { folderOf } from '../../domain/node-commands/copy-commands.ts';
import type { LoopMount } from './parse.ts';

/** The folder of every mount point of an archive. */
const ARCHIVES = mountpointOf({ id: '' }).replace(/\/$/, '');

/** What the kernel and /etc/fstab list, with the paths of archives by device and inode. */
export interface FoundMounts {
  readonly mounts: readonly LoopMount[];
  readonly fstab: readonly MountFacts[];
  readonly same: ReadonlyMap<string, string>;
}

/** The paths that `namedMounts` must have resolved. */
export function pathsToResolve({ fstab }: Pick<FoundMounts, 'fstab'>, paths: readonly string[]): readonly string[] {
  const lines = fstab.flatMap(({ backingFile, mountpoint }) => [backingFile, mountpoint]);
  return [ARCHIVES, ...paths, ...paths.map(folderOf), ...lines.filter((word) => word.startsWith('/'))];
}

/**
 * The kernel reports resolved paths, and Salt writes to /etc/fstab what it was given, so both are compared by what they resolve to. A
 * mounted file is an archive's, too, if it has the same inode. Any other file is named as its line of /etc/fstab does.
 */
export function namedMounts(
  { mounts, fstab, same }: FoundMounts,
  paths: readonly string[],
  real: ReadonlyMap<string, string>,
): Pick<OpenTarget, 'mounts' | 'fstab'> {
  return {
    mounts: mounts.map(({ identity, ...entry }) => {
      const path = same.get(identity ?? '');
      const inFstab = fstab.flatMap(({ backingFile, mountpoint }) =>
        real.get(mountpoint) === entry.mountpoint ? [backingFile] : [],
      );
      return named(path === undefined ? entry : { ...entry, backingFile: path }, [...paths, ...inFstab], real);
    }),
    fstab: fstab.map((entry) => named(entry, paths, real)),
  };
}

/** The entry with the plan's names of its file and mount point, if they resolve to the same; `real` has what each path resolves to. */
function named(
  { backingFile, mountpoint }: MountFacts,
  paths: readonly string[],
  real: ReadonlyMap<string, string>,
): MountFacts {
  const resolved = (path: string): string => real.get(path) ?? path;
  const isDeleted = backingFile.endsWith(DELETED);
  const file = isDeleted ? backingFile.slice(0, -DELETED.length) : backingFile;
  const sibling = paths.map(folderOf).find((one) => resolved(one) === folderOf(file));
  const path =
    paths.find((one) => resolved(one) === resolved(file)) ??
    (sibling === undefined ? file : `${sibling}${file.slice(folderOf(file).length)}`);
  const folder = `${resolved(ARCHIVES)}/`;
  const at = resolved(mountpoint);
  return {
    mountpoint: at.startsWith(folder) ? `${ARCHIVES}/${at.slice(folder.length)}` : mountpoint,
    backingFile: isDeleted ? `${path}${DELETED}` : path,
  };
}
