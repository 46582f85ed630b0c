import { type Command, type CommandResult, command, render } from './command.ts';
import { HASH_SCRIPT, SEEN_FORMAT } from './copy-scripts.ts';
import { exit } from './ended.ts';
import { LIST_MANIFESTS } from './manifest-copies.ts';
import { REGISTRY_CONFIG } from './undo-commands.ts';

/** What `lookAt` runs, in this order; then two calls of stat for each path. */
export const LOOKS: readonly Command[] = [
  command('findmnt', '-J', '-t', 'iso9660', '-o', 'TARGET,SOURCE,FSTYPE,OPTIONS'),
  command('losetup', '-J', '-O', 'NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN'),
  command('cat', '--', '/etc/fstab'),
  command('ls', '-1', '--', REGISTRY_CONFIG),
  LIST_MANIFESTS,
];

/** The kind of a path, and its device and inode. */
export const looksAtPath = (path: string): readonly Command[] => [
  command('stat', '-L', '-c', SEEN_FORMAT, '--', path),
  command('stat', '-L', '-c', '%d:%i', '--', path),
];

/** Arguments: paths of archives. */
export const LOOK_SCRIPT = [
  '# Prints what a registry needs on its node: mounts, /etc/fstab, configuration files, and the archives $@. Changes nothing.',
  'export LC_ALL=C',
  `say() { said=$("$@" 2>&1); printf '%s\\0%s\\0' "$?" "$said"; }`,
  ...LOOKS.map((look) => `say ${render(look)}`),
  'for path; do',
  ...looksAtPath('"$path"').map(({ program, args }) => `  say ${program} ${args.map(quoted).join(' ')}`),
  'done',
].join('\n');

function quoted(word: string): string {
  return word.includes('%') ? `'${word}'` : word;
}

/** One command for everything that an inspection reads on a node, except what paths resolve to. */
export const lookAt = (paths: readonly string[]): Command => command('sh', '-c', LOOK_SCRIPT, 'sh', ...paths);

/** Prints a digest for `digestIn`, by whichever program the node has. */
export const hashAt = (path: string): Command => command('sh', '-c', HASH_SCRIPT, 'sh', path);

/**
 * Arguments: command lines. The exit code goes through the output, so that its last line ends stay; a shell drops NUL bytes, so no
 * command whose output has them can be here.
 */
export const GATHER_SCRIPT = [
  '# Runs each command of $@ and prints its exit code, output and errors. The commands only look.',
  'exec 5>&1 </dev/null',
  'say() {',
  `  err=$({ out=$(eval "$1" 2>&3 3>&- 4>&- 5>&-; printf '/%s' "$?")`,
  `    printf '%s\\0%s\\0' "\${out##*/}" "\${out%/*}" >&4; } 3>&1 4>&5)`,
  `  printf '%s\\0' "$err"`,
  '}',
  'for line; do say "$line"; done',
].join('\n');

/** One command for several that only look. */
export const gathering = (probes: readonly Command[]): Command =>
  command('sh', '-c', GATHER_SCRIPT, 'sh', ...probes.map(render));

/** Parses the output of `gathering` for this number of commands; null for anything else. */
export function gatheredIn(stdout: string, probes: number): readonly CommandResult[] | null {
  const words = stdout.split('\0');
  if (words.length !== 3 * probes + 1 || words.at(-1) !== '') return null;
  const results = Array.from({ length: probes }, (_, at) => ({
    code: words[3 * at] ?? '',
    stdout: words[3 * at + 1] ?? '',
    stderr: words[3 * at + 2] ?? '',
  }));
  if (results.some(({ code }) => !/^\d{1,3}$/.test(code))) return null;
  return results.map(({ code, ...said }) => ({ ended: exit(Number(code)), ...said }));
}

/** How a program of the script ended, and what it printed, errors included. */
export interface Look {
  readonly code: number;
  readonly said: string;
}

/** Parses the output of `lookAt` for this number of paths; null for anything else. */
export function looksIn(stdout: string, paths: number): readonly Look[] | null {
  const words = stdout.split('\0');
  const expected = LOOKS.length + 2 * paths;
  if (words.length !== 2 * expected + 1 || words.at(-1) !== '') return null;
  const looks = Array.from({ length: expected }, (_, at) => ({
    code: words[2 * at] ?? '',
    said: words[2 * at + 1] ?? '',
  }));
  if (looks.some(({ code }) => !/^\d{1,3}$/.test(code))) return null;
  return looks.map(({ code, said }) => ({ code: Number(code), said }));
}
