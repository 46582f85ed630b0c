import { type Command, type CommandResult, command, withSudo } from './command.ts';
import {
  FINISH_SCRIPT,
  HASH_SCRIPT,
  REBUILD_SCRIPT,
  RECEIVE_SCRIPT,
  REREAD_SCRIPT,
  SEE_SCRIPT,
  SEEN_FORMAT,
} from './copy-scripts.ts';
import { hasExited } from './ended.ts';
import { DELETE_SCRIPT, GUARD, WAY_SCRIPT } from './way-scripts.ts';

/** The input for the commands of one copy. */
export interface CopyOrder {
  readonly path: string;
  readonly part: string;
  readonly size: number;
  readonly sudo: boolean;
  /** An archive on the target that has much of the same content. */
  readonly seed?: string;
}

/** Programs for SHA-256; openssl is about five times faster on Debian. */
export type Hasher = 'openssl' | 'sha256sum';

/** Every command that a copy may run on the target. */
export function copyCommands({ path, part, size, sudo, seed }: CopyOrder) {
  const run = (plain: Command): Command => (sudo ? withSudo(plain) : plain);
  const script = (text: string, ...args: readonly string[]): Command => run(command('sh', '-c', text, 'sh', ...args));
  const owner = sudo ? 'root:root' : '';
  const into = (from: number) => [GUARD, part, String(from), String(size), owner] as const;
  const rebuild = (old: string) => (from: number) => script(REBUILD_SCRIPT, ...into(from), old);
  return {
    /** Writes standard input to the part file from this byte; prints the digest of the whole file. */
    receive: (from: number) => script(RECEIVE_SCRIPT, ...into(from)),
    /** The same, using the seed; null when there is none. */
    rebuild: seed === undefined ? null : rebuild(seed),
    /**
     * Sets mode and owner (without sudo, the login user already owns the file), syncs, renames. Check afterwards: it may exit 0 without
     * renaming over an existing file.
     */
    finish: script(FINISH_SCRIPT, GUARD, path, part, owner),
    discard: script(DELETE_SCRIPT, GUARD, part),
    /** Syncs the copy of a worker that died between rename and sync. */
    sync: run(command('sync', '--', path, folderOf(path))),
    /** Inspects path and part; `known` is the identity of a file whose digest is not needed. */
    see: (known: string | null) => script(SEE_SCRIPT, path, part, String(size), known ?? '-'),
    hashPart: script(HASH_SCRIPT, part),
    /** The digest of the data on disk, not of the page cache. */
    rereadPart: script(REREAD_SCRIPT, part),
  };
}

export type CopyCommands = ReturnType<typeof copyCommands>;

/** The changing commands of a new copy, in order. A resumed copy has another first byte. */
export function shownCopyCommands(order: CopyOrder): readonly Command[] {
  const { rebuild, receive, finish } = copyCommands(order);
  return [...(rebuild === null ? [] : [rebuild(0)]), receive(0), finish];
}

/** Succeeds if the node has openssl; every node has sha256sum. */
export const OPENSSL_PROBE: Command = command('openssl', 'version');

/** Prints a digest for `digestIn`. */
export function hashFile(hasher: Hasher, path: string): Command {
  return hasher === 'openssl' ? command('openssl', 'dgst', '-sha256', '-r', path) : command('sha256sum', '--', path);
}

/** The hex digest in the output of `hashFile`, or null. For odd names, sha256sum puts `\` before it. */
export function digestIn(stdout: string): string | null {
  return /^\\?([0-9a-f]{64})[ *]/.exec(stdout)?.[1] ?? null;
}

/** The same command with English messages, which `fileInLine` can parse. */
export function inEnglish({ program, args }: Command): Command {
  return command('env', 'LC_ALL=C', program, ...args);
}

/** Prints the kind of a path for `fileIn`; follows links. */
export function seeFile(path: string): Command {
  return inEnglish(command('stat', '-L', '-c', SEEN_FORMAT, '--', path));
}

/** Prints the first folder on the way to a path that not only root can change. */
export const wayTo = (path: string): Command => command('sh', '-c', WAY_SCRIPT, 'sh', path);

/** What is at a path. `identity` changes whenever the file's content, owner or inode changes. */
export type FileSeen =
  | { readonly is: 'absent' }
  | { readonly is: 'file'; readonly size: number; readonly identity: string }
  | { readonly is: 'directory' }
  | { readonly is: 'other' };

/** Parses the output of `seeFile`; null when it is unclear. */
export function fileIn({ ended, stdout, stderr }: CommandResult): FileSeen | null {
  if (ended.is !== 'exit') return null;
  return fileInLine(ended.code === 0 ? stdout.trimEnd() : stderr);
}

/** Parses one line of `stat` output, from stdout or stderr. */
export function fileInLine(line: string): FileSeen | null {
  const [, size, mode, identity] = /^(\d+) ([0-9a-f]+) (\S+)$/.exec(line) ?? [];
  if (size === undefined || mode === undefined || identity === undefined) {
    return line.includes('No such file or directory') ? { is: 'absent' } : null;
  }
  return kindOf(Number.parseInt(mode, 16), Number(size), identity);
}

/** What is on a copy's target. Only a file that may be the archive has a digest. */
export interface TargetSeen {
  readonly path: FileSeen;
  readonly part: FileSeen;
  readonly sha256: string | null;
}

/** Parses the output of `see`; null when it is invalid. */
export function targetIn(result: CommandResult): TargetSeen | null {
  const [first = '', second = '', third = ''] = result.stdout.split('\n');
  const [path, part] = [fileInLine(first), fileInLine(second)];
  if (!hasExited(result) || path === null || part === null) return null;
  return { path, part, sha256: digestIn(third) };
}

// The file type bits of st_mode, from sys/stat.h.
const TYPE_BITS = 0xf000;
const REGULAR = 0x8000;
const DIRECTORY = 0x4000;

function kindOf(mode: number, size: number, identity: string): FileSeen {
  const type = mode & TYPE_BITS;
  if (type === REGULAR) return { is: 'file', size, identity };
  return type === DIRECTORY ? { is: 'directory' } : { is: 'other' };
}

/** The folder that holds an absolute path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
