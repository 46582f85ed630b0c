import { type Command, command } from './command.ts';

/** The static pod's manifest, as metalk8s.repo.installed writes it. */
export const REGISTRY_MANIFEST = '/etc/kubernetes/manifests/repositories.yaml';

/** Where nginx of the registry reads its configuration (metalk8s.repo.configured). */
export const REGISTRY_CONFIG = '/var/lib/metalk8s/repositories/conf.d';

/**
 * Where an undone change's manifest is kept: beside kubelet's folder, as kubelet reads any name in it, and so on the same file system,
 * which makes the move one act.
 */
export const keptManifest = (change: string): string => `/etc/kubernetes/repositories.yaml.undone-${change}`;

/** Arguments: device and mount point, each as fstab(5) writes it. */
export const FSTAB_SCRIPT = [
  '# Takes the lines that mount $1 at $2 out of /etc/fstab; every other line stays as it is.',
  'new=/etc/fstab.registry-ha',
  'cp --preserve=all -- /etc/fstab "$new" &&',
  `from=$1 at=$2 awk '!($1 == ENVIRON["from"] && $2 == ENVIRON["at"])' /etc/fstab >"$new" &&`,
  'sync -- "$new" && mv -fT -- "$new" /etc/fstab && sync -- /etc',
].join('\n');

export const withdrawManifest = (kept: string): Command => command('mv', '-nT', '--', REGISTRY_MANIFEST, kept);

export const unmount = (mountpoint: string): Command => command('umount', '--', mountpoint);

/** Takes out exactly the lines that mount this device there. */
export const dropFromFstab = (device: string, mountpoint: string): Command =>
  command('sh', '-c', FSTAB_SCRIPT, 'sh', fstabWord(device), fstabWord(mountpoint));

export const deleteFiles = (paths: readonly string[]): Command => command('rm', '-f', '--', ...paths);

/** A word of fstab(5): blanks and backslashes as octal escapes. */
const fstabWord = (word: string): string =>
  word.replaceAll(/[\\ \t\n]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
