import { z } from 'zod';
import type { MountFacts } from '../../domain/cluster/facts.ts';
import { jsonIn } from '../../domain/text/json.ts';

/** A file system as `df` tells it. */
export interface FileSystem {
  readonly mountpoint: string;
  readonly available: number;
}

/** The answer of `df -B1 --output=avail,size,target`; null when it is none. */
export function fileSystemIn(stdout: string): FileSystem | null {
  // Blanks only: with line ends among them, a megabyte of line ends would be read for hours.
  const [, available, mountpoint] = /^[ \t]*(\d+)[ \t]+\d+[ \t]+(\/.*)$/m.exec(stdout) ?? [];
  if (available === undefined || mountpoint === undefined) return null;
  return { mountpoint, available: Number(available) };
}

const Findmnt = z.object({ filesystems: z.array(z.object({ target: z.string(), source: z.string().nullable() })) });
const Losetup = z.object({
  loopdevices: z.array(z.object({ name: z.string(), 'back-file': z.string().nullable() })),
});

/**
 * ISO mounts with the file behind each loop device. Both programs say nothing at all when they find nothing.
 * Throws ZodError when an answer is not what util-linux prints.
 */
export function mountsIn(findmnt: string, losetup: string): readonly MountFacts[] {
  const backing = backingFiles(losetup);
  if (findmnt.trim() === '') return [];
  return Findmnt.parse(jsonIn(findmnt)).filesystems.map(({ target, source }) => ({
    mountpoint: target,
    backingFile: backing.get(source ?? '') ?? source ?? '',
  }));
}

function backingFiles(losetup: string): ReadonlyMap<string, string> {
  if (losetup.trim() === '') return new Map();
  const { loopdevices } = Losetup.parse(jsonIn(losetup));
  return new Map(loopdevices.flatMap(({ name, 'back-file': file }) => (file === null ? [] : [[name, file] as const])));
}

/** Device and mountpoint of every line of /etc/fstab, its octal escapes read (fstab(5)). */
export function fstabIn(text: string): readonly MountFacts[] {
  return text.split('\n').flatMap((line) => {
    const [device, mountpoint] = line.trim().split(/\s+/);
    if (device === undefined || mountpoint === undefined || device.startsWith('#')) return [];
    return [{ mountpoint: unescaped(mountpoint), backingFile: unescaped(device) }];
  });
}

const unescaped = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Does a line of `ss -H -ltn` occupy `address` (`ip:port`), by itself or by a wildcard? */
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
