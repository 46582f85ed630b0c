import { type Command, type CommandResult, command, withSudo } from './command.ts';

/** What the commands of one copy depend on. `hasher` matters to the looks only, so a plan may name either. */
export interface CopyOrder {
  readonly path: string;
  readonly part: string;
  readonly sudo: boolean;
  readonly hasher: Hasher;
}

/** Programs that can tell a SHA-256; the first is about five times faster on Debian. */
export type Hasher = 'openssl' | 'sha256sum';

/** Every command a copy may run on the target; the last four only look. */
export interface CopyCommands {
  readonly makeFolder: Command;
  /** Appends standard input to the part file; the same for a fresh and for a resumed copy. */
  readonly append: Command;
  readonly discard: Command;
  readonly mode: Command;
  /** Only under sudo: whoever logs in without it owns what he writes. */
  readonly owner: Command | null;
  /** Exits 0 on many systems although it left a file in the way alone: look afterwards. */
  readonly rename: Command;
  readonly sync: Command;
  readonly seePath: Command;
  readonly seePart: Command;
  readonly hashPath: Command;
  readonly hashPart: Command;
}

export function copyCommands({ path, part, sudo, hasher }: CopyOrder): CopyCommands {
  const run = (plain: Command): Command => (sudo ? withSudo(plain) : plain);
  return {
    makeFolder: run(command('mkdir', '-p', '-m', '0755', '--', folderOf(path))),
    append: run(command('dd', `of=${part}`, 'bs=1M', 'oflag=append', 'conv=notrunc,fdatasync', 'status=none')),
    discard: run(command('rm', '-f', '--', part)),
    mode: run(command('chmod', '0644', '--', part)),
    owner: sudo ? run(command('chown', 'root:root', '--', part)) : null,
    rename: run(command('mv', '-nT', '--', part, path)),
    sync: run(command('sync', '--', path, folderOf(path))),
    seePath: run(seeFile(path)),
    seePart: run(seeFile(part)),
    hashPath: run(hashFile(hasher, path)),
    hashPart: run(hashFile(hasher, part)),
  };
}

/** The changing commands of a fresh copy, in the order they run; a resumed copy runs the same ones. */
export function shownCopyCommands(order: CopyOrder): readonly Command[] {
  const { makeFolder, append, mode, owner, rename, sync } = copyCommands(order);
  return [makeFolder, append, mode, ...(owner === null ? [] : [owner]), rename, sync];
}

/** Succeeds where openssl hashes; every node has sha256sum. */
export const OPENSSL_PROBE: Command = command('openssl', 'version');

/** Asks for a digest in the form that `digestIn` reads. */
export function hashFile(hasher: Hasher, path: string): Command {
  return hasher === 'openssl' ? command('openssl', 'dgst', '-sha256', '-r', path) : command('sha256sum', '--', path);
}

/** The hex digest in an answer of `hashFile`, null when there is none (sha256sum puts `\` before it for odd names). */
export function digestIn(stdout: string): string | null {
  return /^\\?([0-9a-f]{64})[ *]/.exec(stdout)?.[1] ?? null;
}

/** The same command with messages in English, so that they can be read. */
export function inEnglish({ program, args }: Command): Command {
  return command('env', 'LC_ALL=C', program, ...args);
}

/** Asks what a path is, links followed, in the form that `fileIn` reads. */
export function seeFile(path: string): Command {
  return inEnglish(command('stat', '-L', '-c', '%s %f', '--', path));
}

/** What stands at a path. */
export type FileSeen =
  | { readonly is: 'absent' }
  | { readonly is: 'file'; readonly size: number }
  | { readonly is: 'directory' }
  | { readonly is: 'other' };

/** Reads an answer of `seeFile`; null when it tells neither what is there nor that nothing is. */
export function fileIn({ exitCode, stdout, stderr }: CommandResult): FileSeen | null {
  if (exitCode !== 0)
    return exitCode !== null && stderr.includes('No such file or directory') ? { is: 'absent' } : null;
  const [, size, mode] = /^(\d+) ([0-9a-f]+)\s*$/.exec(stdout) ?? [];
  if (size === undefined || mode === undefined) return null;
  return kindOf(Number.parseInt(mode, 16), Number(size));
}

// The file type bits of st_mode, from sys/stat.h.
const TYPE_BITS = 0xf000;
const REGULAR = 0x8000;
const DIRECTORY = 0x4000;

function kindOf(mode: number, size: number): FileSeen {
  const type = mode & TYPE_BITS;
  if (type === REGULAR) return { is: 'file', size };
  return type === DIRECTORY ? { is: 'directory' } : { is: 'other' };
}

/** The folder that holds an absolute path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
