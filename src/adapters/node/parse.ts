import { z } from 'zod';
import type { MountFacts, OpenFolder } from '../../domain/cluster/facts.ts';
import { type MachineIds, machineWord } from '../../domain/cluster/machine.ts';
import { jsonIn } from '../../domain/text/json.ts';

/** A file system in the output of `df`. */
export interface FileSystem {
  readonly mountpoint: string;
  readonly available: number;
}

/** Parses `df -B1 --output=avail,size,target`; null when the output is different. */
export function fileSystemIn(stdout: string): FileSystem | null {
  // No \s: with line ends in the class, a megabyte of line ends would take hours.
  const [, available, mountpoint] = /^[ \t]*(\d+)[ \t]+\d+[ \t]+(\/.*)$/m.exec(stdout) ?? [];
  if (available === undefined || mountpoint === undefined) return null;
  return { mountpoint, available: Number(available) };
}

/** Parses the output of WAY_SCRIPT: null when only root can change every folder. Undefined for other output. */
export function openFolderIn(stdout: string): OpenFolder | null | undefined {
  if (stdout === '') return null;
  const [, owner, mode, path] = /^(\S+) ([0-7]+) (\/.*)\n$/s.exec(stdout) ?? [];
  return owner === undefined || mode === undefined || path === undefined ? undefined : { path, owner, mode };
}

/** The addresses in the output of `ip -o addr show`. */
export const addressesIn = (stdout: string): readonly string[] =>
  [...stdout.matchAll(/ inet6? ([0-9a-f.:]+)[/ ]/g)].map(([, address = '']) => address);

export const MACHINE_ID = '/etc/machine-id';
/** Where kubelet reads it, too. Some virtual machines have none. */
export const SYSTEM_UUID = '/sys/class/dmi/id/product_uuid';

/** The contents of both files in the output of `grep -H`. */
export function machineIdsIn(stdout: string): MachineIds {
  const of = (file: string) =>
    machineWord(
      stdout
        .split('\n')
        .find((line) => line.startsWith(`${file}:`))
        ?.slice(file.length + 1) ?? '',
    );
  return { id: of(MACHINE_ID), uuid: of(SYSTEM_UUID) };
}

const Findmnt = z.object({ filesystems: z.array(z.object({ target: z.string(), source: z.string().nullable() })) });
const Losetup = z.object({
  loopdevices: z.array(
    z.object({
      name: z.string(),
      'back-file': z.string().nullable(),
      // Old versions print numbers as strings, and pad the columns.
      'back-ino': z.union([z.number(), z.string()]).nullish(),
      'back-maj:min': z.string().nullish(),
    }),
  ),
});

/** True if a program of coreutils complains, in English, that there is no such file. */
export const saysMissing = (stderr: string): boolean => stderr.includes('No such file or directory');

/** The version of a util-linux without JSON in `findmnt --version`: findmnt and losetup print it since 2.27. Null for a newer one. */
export function oldUtilLinux(stdout: string): string | null {
  const [, version, major, minor] = /util-linux ((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
  return version !== undefined && Number(major) * 1000 + Number(minor) < 2027 ? version : null;
}

/** A mount whose file is identified, too. */
export interface LoopMount extends MountFacts {
  /** Device and inode, as `stat -c %d:%i` prints them; null: unknown. */
  readonly identity: string | null;
}

/** ISO mounts with the file behind each loop device; empty output means none. Throws ZodError for other output. */
export function mountsIn(findmnt: string, losetup: string): readonly LoopMount[] {
  const backing = new Map(losetup.trim() === '' ? [] : loopsIn(losetup));
  if (findmnt.trim() === '') return [];
  return Findmnt.parse(jsonIn(findmnt)).filesystems.map(({ target, source }) => ({
    mountpoint: target,
    ...(backing.get(source ?? '') ?? { backingFile: source ?? '', identity: null }),
  }));
}

const loopsIn = (losetup: string) =>
  Losetup.parse(jsonIn(losetup)).loopdevices.flatMap((loop) => {
    const { name, 'back-file': file, 'back-ino': inode, 'back-maj:min': device } = loop;
    return file === null ? [] : [[name, { backingFile: file, identity: identityOf(device, inode) }] as const];
  });

/** `st_dev` is made of both numbers: makedev(3). */
function identityOf(device: string | null | undefined, inode: string | number | null | undefined): string | null {
  const [, major, minor] = /^ *(\d+): *(\d+) *$/.exec(device ?? '') ?? [];
  if (major === undefined || minor === undefined || inode === null || inode === undefined) return null;
  const [high, low] = [Number(major), Number(minor)];
  return `${high * 256 + (low % 256) + Math.floor(low / 256) * 2 ** 20}:${String(inode).trim()}`;
}

/** Paths by `device:inode`, from lines of `stat -c '%d:%i %n'`. */
export const identitiesIn = (stdout: string): ReadonlyMap<string, string> =>
  new Map([...stdout.matchAll(/^(\d+:\d+) (\/.*)$/gm)].map(([, identity = '', path = '']) => [identity, path]));

/**
 * Device and mount point of every line of /etc/fstab, with octal escapes decoded (fstab(5)). Salt separates words by tabs, and does not
 * escape blanks and backslashes (salt/modules/mount.py); its broken lines count, so that an undo removes them.
 */
export function fstabIn(text: string): readonly MountFacts[] {
  return text.split('\n').flatMap((line) => {
    const broken = /^(\/[^\t]*[ \\][^\t]*)\t\t(\/[^\t ]+)\tiso9660\t/.exec(line);
    if (broken !== null) return [{ mountpoint: broken[2] ?? '', backingFile: broken[1] ?? '' }];
    const [device, mountpoint] = line.trim().split(/\s+/);
    if (device === undefined || mountpoint === undefined || device.startsWith('#')) return [];
    return [{ mountpoint: unescaped(mountpoint), backingFile: unescaped(device) }];
  });
}

const unescaped = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Whether a line of `ss -H -ltn` occupies `address` (`ip:port`), directly or by a wildcard. */
export function isListening(ss: string, address: string): boolean {
  const port = address.slice(address.lastIndexOf(':') + 1);
  const taken = new Set([address, `0.0.0.0:${port}`, `*:${port}`, `[::]:${port}`]);
  return ss.split('\n').some((line) => {
    const local = line.trim().split(/\s+/)[3];
    return local !== undefined && taken.has(local.replace(/%[^:\]]+/, ''));
  });
}

/** The lines of a listing. */
export const linesIn = (stdout: string): readonly string[] => stdout.split('\n').filter((line) => line !== '');
