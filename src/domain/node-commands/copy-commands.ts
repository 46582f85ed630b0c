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

/** What the commands of one copy depend on. */
export interface CopyOrder {
  readonly path: string;
  readonly part: string;
  readonly size: number;
  readonly sudo: boolean;
  /** An archive on the target that holds much of this one. */
  readonly seed?: string;
}

/** Programs that can tell a SHA-256; the first is about five times faster on Debian. */
export type Hasher = 'openssl' | 'sha256sum';

/** Every command a copy may run on the target. */
export interface CopyCommands {
  /** Standard input becomes the part file from a byte on; prints the digest of the whole of it. */
  receive(from: number): Command;
  /** The same with the seed; null when there is none. */
  readonly rebuild: ((from: number) => Command) | null;
  /** Mode, owner, disk, place. Exits 0 on many systems although it left a file in the way alone: look afterwards. */
  readonly finish: Command;
  readonly discard: Command;
  /** Flushes only: the copy of a worker that died between rename and sync. */
  readonly sync: Command;
  /** Looks at path and part; `known` is the identity of a file whose digest need not be told. */
  see(known: string | null): Command;
  readonly hashPart: Command;
  /** The digest of what is on the disk. */
  readonly rereadPart: Command;
}

export function copyCommands({ path, part, size, sudo, seed }: CopyOrder): CopyCommands {
  const run = (plain: Command): Command => (sudo ? withSudo(plain) : plain);
  const script = (text: string, ...args: readonly string[]): Command => run(command('sh', '-c', text, 'sh', ...args));
  return {
    receive: (from) => script(RECEIVE_SCRIPT, part, String(from), String(size)),
    rebuild: seed === undefined ? null : (from) => script(REBUILD_SCRIPT, part, String(from), String(size), seed),
    // Whoever logs in without sudo owns what he writes.
    finish: script(FINISH_SCRIPT, path, part, sudo ? 'root:root' : ''),
    discard: run(command('rm', '-f', '--', part)),
    sync: run(command('sync', '--', path, folderOf(path))),
    see: (known) => script(SEE_SCRIPT, path, part, String(size), known ?? '-'),
    hashPart: script(HASH_SCRIPT, part),
    rereadPart: script(REREAD_SCRIPT, part),
  };
}

/** The changing commands of a fresh copy, in the order they run; a resumed one names another first byte. */
export function shownCopyCommands(order: CopyOrder): readonly Command[] {
  const { rebuild, receive, finish } = copyCommands(order);
  return [...(rebuild === null ? [] : [rebuild(0)]), receive(0), finish];
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
  return inEnglish(command('stat', '-L', '-c', SEEN_FORMAT, '--', path));
}

/** What stands at a path. `identity` changes whenever content, owner or place of the file changes. */
export type FileSeen =
  | { readonly is: 'absent' }
  | { readonly is: 'file'; readonly size: number; readonly identity: string }
  | { readonly is: 'directory' }
  | { readonly is: 'other' };

/** Reads an answer of `seeFile`; null when it tells neither what is there nor that nothing is. */
export function fileIn({ ended, stdout, stderr }: CommandResult): FileSeen | null {
  if (ended.is !== 'exit') return null;
  return fileInLine(ended.code === 0 ? stdout.trimEnd() : stderr);
}

/** Reads one line of what `stat` says, be it well or not. */
export function fileInLine(line: string): FileSeen | null {
  const [, size, mode, identity] = /^(\d+) ([0-9a-f]+) (\S+)$/.exec(line) ?? [];
  if (size === undefined || mode === undefined || identity === undefined) {
    return line.includes('No such file or directory') ? { is: 'absent' } : null;
  }
  return kindOf(Number.parseInt(mode, 16), Number(size), identity);
}

/** What a copy finds on its target; the digest only of a file that may be the archive. */
export interface TargetSeen {
  readonly path: FileSeen;
  readonly part: FileSeen;
  readonly sha256: string | null;
}

/** Reads an answer of `see`; null when it is none. */
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
