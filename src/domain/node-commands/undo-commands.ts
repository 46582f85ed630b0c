import { type Command, command } from './command.ts';
import { DELETE_SCRIPT, GUARD } from './way-scripts.ts';

/** The static pod's manifest, written by metalk8s.repo.installed. */
export const REGISTRY_MANIFEST = '/etc/kubernetes/manifests/repositories.yaml';

/** The configuration folder of the registry's nginx (metalk8s.repo.configured). */
export const REGISTRY_CONFIG = '/var/lib/metalk8s/repositories/conf.d';

/** Outside kubelet's folder, where kubelet reads every file, but on the same file system, so that the move is atomic. */
export const keptManifest = (change: string, why: 'undone' | 'removed' | 'replaced' = 'undone'): string =>
  `/etc/kubernetes/repositories.yaml.${why}-${change}`;

/** Arguments: device and mount point, each as fstab(5) writes it, and the start of Salt's line if it is broken. */
export const FSTAB_SCRIPT = [
  '# Removes the lines that mount $1 at $2 from /etc/fstab. Every other line stays as it is.',
  'new=/etc/fstab.registry-ha',
  'cp --preserve=all -- /etc/fstab "$new" &&',
  `from=$1 at=$2 raw=$3 awk '!($1 == ENVIRON["from"] && $2 == ENVIRON["at"] || ENVIRON["raw"] != "" && index($0, ENVIRON["raw"]) == 1)' /etc/fstab >"$new" &&`,
  'sync -- "$new" && mv -fT -- "$new" /etc/fstab && sync -- /etc',
].join('\n');

export const withdrawManifest = (kept: string): Command => command('mv', '-nT', '--', REGISTRY_MANIFEST, kept);

export const unmount = (mountpoint: string): Command => command('umount', '--', mountpoint);

/** Removes exactly the lines that mount this device there. */
export const dropFromFstab = (device: string, mountpoint: string): Command =>
  command(
    'sh',
    '-c',
    FSTAB_SCRIPT,
    'sh',
    fstabWord(device),
    fstabWord(mountpoint),
    ...(fstabWord(device) === device ? [] : [`${device}\t\t${mountpoint}\t`]),
  );

/** Deletes an archive or its part file, whose folder may not be root's. */
export const deleteCopy = (path: string): Command => command('sh', '-c', DELETE_SCRIPT, 'sh', GUARD, path);

/** For paths of MetalK8s' own, where only root can write. */
export const deleteFiles = (paths: readonly string[]): Command => command('rm', '-f', '--', ...paths);

/** A word of fstab(5): spaces, tabs, newlines and backslashes as octal escapes. */
const fstabWord = (word: string): string =>
  word.replaceAll(/[\\ \t\n]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
