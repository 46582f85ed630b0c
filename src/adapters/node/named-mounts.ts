import { mountpointOf } from '../../domain/cluster/archive.ts';
import type { MountFacts } from '../../domain/cluster/facts.ts';
import { DELETED } from '../../domain/cluster/mounted.ts';
import { folderOf } from '../../domain/node-commands/copy-commands.ts';

/** The folder of every mount point of an archive. */
export const ARCHIVES = mountpointOf({ id: '' }).replace(/\/$/, '');

/** The entry with the plan's names of its file and mount point, if they resolve to the same; `real` has what each path resolves to. */
export function named(
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
