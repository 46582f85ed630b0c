import { PathRefused } from '../../files/path-refused.ts';
import type { Place } from '../../files/path-walk.ts';
import { type Call, forEachPath, missingOperand, type Program, readWords, unknownOption } from '../program.ts';

/** stat -c FORMAT, with %s %d %i %Y %Z (%.9Y %.9Z) %F %f %a %U %G %n; -L follows links. */
export const stat: Program = async (call) => {
  const { operands, values, flags, wrong } = readWords(
    call.args,
    ['-L', '--dereference'],
    ['-c', '--format', '--printf'],
  );
  if (wrong !== null) return unknownOption(call, wrong);
  const format = values.get('-c') ?? values.get('--format');
  if (format === undefined) return missingOperand(call);
  return forEachPath(
    call,
    operands,
    (path) => `cannot statx '${path}'`,
    async (path) => {
      const place = await call.files.find(call.user, path, 'look', flags.size > 0);
      await call.out(`${filledIn(call, format, path, place)}\n`);
    },
  );
};

/** realpath -zm -- PATH…: each path without links, whether it exists or not. */
export const realpath: Program = async (call) => {
  const [options, dashes, ...paths] = call.args;
  if (options !== '-zm' || dashes !== '--') {
    await call.err('realpath: only `realpath -zm -- PATH…` is simulated');
    return 1;
  }
  for (const path of paths) await call.out(`${await call.files.resolved(path)}\0`);
  return 0;
};

/** df -B1 --output=avail,size,target as GNU prints it: numbers right-aligned, names left-aligned. */
export const df: Program = async (call) => {
  const { operands, values, flags, wrong } = readWords(call.args, ['-B1'], ['--output', '-B']);
  if (wrong !== null) return unknownOption(call, wrong);
  if (values.get('--output') !== 'avail,size,target' || values.get('-B') !== '1' || flags.size > 0) {
    await call.err(
      `df: option --output: field list '${values.get('--output') ?? ''}' with -B ${values.get('-B') ?? ''} is not simulated`,
    );
    return 1;
  }
  const rows: string[][] = [];
  const exitCode = await forEachPath(
    call,
    operands,
    (path) => path,
    async (path) => {
      const place = await call.files.find(call.user, path, 'look');
      if (place.stats === null) throw new PathRefused('ENOENT');
      const target = call.files.mountPointOf(place.path);
      const free = call.files.freeAt(place.path);
      rows.push([String(free), String(Math.max(2 * free, 50 * 2 ** 30)), target]);
    },
  );
  if (rows.length > 0) await call.out(table([['Avail', '1B-blocks', 'Mounted on'], ...rows]));
  return exitCode;
};

/** GNU df pads numbers to ten columns. */
function table(rows: readonly (readonly string[])[]): string {
  const width = (at: number): number => Math.max(at === 0 ? 10 : 12, ...rows.map((row) => (row[at] ?? '').length));
  return rows
    .map(([avail = '', size = '', target = '']) => `${avail.padStart(width(0))} ${size.padStart(width(1))} ${target}\n`)
    .join('');
}

function filledIn(call: Call, format: string, path: string, { stats, path: whole }: Place): string {
  if (stats === null) throw new PathRefused('ENOENT');
  const owner = call.files.ownerOf(whole);
  const fields: Readonly<Record<string, string>> = {
    s: String(stats.size),
    d: String(stats.dev),
    i: String(stats.ino),
    Y: String(Math.floor(stats.mtimeMs / 1000)),
    Z: String(Math.floor(stats.ctimeMs / 1000)),
    '.9Y': (stats.mtimeMs / 1000).toFixed(9),
    '.9Z': (stats.ctimeMs / 1000).toFixed(9),
    F: kindOf(stats),
    f: stats.mode.toString(16),
    a: (stats.mode & 0o7777).toString(8),
    U: owner.user,
    G: owner.group,
    n: path,
    h: String(stats.nlink),
    '%': '%',
  };
  return format.replace(/%(\.9.|.)/gs, (_, letter: string) => fields[letter] ?? '?');
}

function kindOf(stats: NonNullable<Place['stats']>): string {
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symbolic link';
  return stats.size === 0 ? 'regular empty file' : 'regular file';
}
