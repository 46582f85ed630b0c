import { type Refusal, refuse } from '../answers/refusal.ts';
import { type Archive, mountpointOf } from '../cluster/archive.ts';
import type { MountFacts, OpenTarget } from '../cluster/facts.ts';
import { DELETED, isBackedBy, isMountOf } from '../cluster/mounted.ts';
import { together } from '../guards/together.ts';
import type { MountedArchive } from '../plan/step.ts';
import { listed } from '../text/format.ts';

/** Where MetalK8s mounts every archive. */
const FOLDER = mountpointOf({ id: '' });

/** The archive's ID if this is the mount point of one: a folder directly below /srv/scality. */
function idAt({ mountpoint }: MountFacts): string | null {
  const id = mountpoint.startsWith(FOLDER) ? mountpoint.slice(FOLDER.length) : '';
  return id === '' || id.includes('/') ? null : id;
}

const withoutMark = ({ mountpoint, backingFile }: MountFacts): MountFacts => ({
  mountpoint,
  backingFile: backingFile.endsWith(DELETED) ? backingFile.slice(0, -DELETED.length) : backingFile,
});

/**
 * The archives that are mounted on a node or would be after a reboot, by ID in reverse order. A line of /etc/fstab does not say its
 * type here, and a file system of another kind may be below /srv/scality too: only lines of an ISO count.
 */
export function archivesThere(target: OpenTarget, archives: readonly Archive[]): readonly MountedArchive[] {
  const mounts = target.mounts.map(withoutMark);
  const listedOnes = archives.map(({ id, path }) => isMountOf({ path, mountpoint: mountpointOf({ id }) }));
  const isOfAnIso = (line: MountFacts): boolean =>
    /\.iso$/i.test(line.backingFile) ||
    /^metalk8s-\d/.test(idAt(line) ?? '') ||
    [...listedOnes, ...mounts.map(({ backingFile: path, mountpoint }) => isMountOf({ path, mountpoint }))].some((is) =>
      is(line),
    );
  const found = [...mounts, ...target.fstab.filter(isOfAnIso)].flatMap((entry): readonly MountedArchive[] => {
    const id = idAt(entry);
    return id === null ? [] : [{ id, path: entry.backingFile, mountpoint: entry.mountpoint }];
  });
  const first = found.filter(({ id, path }, at) => found.findIndex((one) => one.id === id && one.path === path) === at);
  return first.sort((one, other) => (one.id === other.id ? 0 : one.id < other.id ? 1 : -1));
}

/** Refuses if two files belong at one mount point, by the mount and by /etc/fstab: a step takes exactly one of them. */
export function unclearMounts(targets: readonly OpenTarget[], archives: readonly Archive[]): Refusal | null {
  const unclear = targets.map((target) => {
    const there = archivesThere(target, archives);
    const twins = there.filter(({ id }, at) => there.findIndex((one) => one.id === id) < at);
    const says = [...new Set(twins.map(({ mountpoint }) => mountpoint))].map((mountpoint) => {
      const files = there.filter((one) => one.mountpoint === mountpoint).map(({ path }) => path);
      return `On ${target.node}, both ${listed(files)} belong at ${mountpoint}, by what is mounted and by /etc/fstab.`;
    });
    if (says.length === 0) return null;
    const next = `Check \`losetup -l\` and /etc/fstab on ${target.node}. Unmount the wrong one or correct its line, then run the command again.`;
    return refuse('mount-unclear', says.join(' '), next);
  });
  return together(unclear);
}

/** True if a mount that is no archive's place uses the file. */
export function isUsedElsewhere(path: string, target: OpenTarget, archives: readonly Archive[]): boolean {
  const places = archivesThere(target, archives).map(({ mountpoint }) => mountpoint);
  return target.mounts.filter(isBackedBy(path)).some(({ mountpoint }) => !places.includes(mountpoint));
}
