import type { TargetQuery } from '../../domain/cluster/target-query.ts';
import { type Command, command } from '../../domain/node-commands/command.ts';
import { folderOf, inEnglish, OPENSSL_PROBE, seeFile, wayTo } from '../../domain/node-commands/copy-commands.ts';
import { LIST_MANIFESTS } from '../../domain/node-commands/manifest-copies.ts';
import { REGISTRY_CONFIG, REGISTRY_MANIFEST } from '../../domain/node-commands/undo-commands.ts';
import { MACHINE_ID, SYSTEM_UUID } from './parse.ts';

/** The commands of an inspection that only look. */
export const PROBE = {
  findmnt: command('findmnt', '-J', '-t', 'iso9660', '-o', 'TARGET,SOURCE,FSTYPE,OPTIONS'),
  findmntVersion: command('findmnt', '--version'),
  losetup: command('losetup', '-J', '-O', 'NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN'),
  fstab: inEnglish(command('cat', '--', '/etc/fstab')),
  addresses: command('ip', '-o', 'addr', 'show'),
  /** root alone can read the UUID. */
  machineIds: command('grep', '-sH', '.', '--', MACHINE_ID, SYSTEM_UUID),
  listeners: command('ss', '-H', '-ltn'),
  isoinfo: command('isoinfo', '-version'),
  list: (folder: string): Command => inEnglish(command('ls', '-1', '--', folder)),
  space: (folder: string): Command => command('df', '-B1', '--output=avail,size,target', '--', folder),
  identities: (paths: readonly string[]): Command => inEnglish(command('stat', '-L', '-c', '%d:%i %n', '--', ...paths)),
};

/** What `machine` asks. */
export const PROBES_OF_MACHINE: readonly Command[] = [PROBE.addresses, PROBE.machineIds];

/** What `mounts` asks, before anything is resolved. */
export const probesOfMounts = (paths: readonly string[]): readonly Command[] => [
  ...[PROBE.findmnt, PROBE.losetup, PROBE.fstab],
  ...(paths.length === 0 ? [] : [PROBE.identities(paths)]),
];

/** What nearly every inspection of a target asks, whatever it finds. */
export function probesOf({ archives, others = [], paths = [] }: TargetQuery): readonly Command[] {
  const all = [...archives, ...others].map(({ path }) => path);
  const own = archives.map(({ path }) => path);
  return [
    ...probesOfMounts(all),
    ...all.map(seeFile),
    ...PROBES_OF_MACHINE,
    ...own.map(folderOf).map(PROBE.list),
    ...own.flatMap(foldersAbove).flatMap((folder) => [seeFile(folder), PROBE.space(folder)]),
    ...own.map(wayTo),
    PROBE.list(REGISTRY_CONFIG),
    LIST_MANIFESTS,
    PROBE.listeners,
    ...[REGISTRY_MANIFEST, ...paths].map(seeFile),
    PROBE.isoinfo,
    OPENSSL_PROBE,
  ];
}

/** The folders on the way to a path, the deepest first, without `/`. */
function foldersAbove(path: string): readonly string[] {
  const folder = folderOf(path);
  return folder === '/' || folder === path ? [] : [folder, ...foldersAbove(folder)];
}
