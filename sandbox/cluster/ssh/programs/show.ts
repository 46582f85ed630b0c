import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { errorWords, PathRefused } from '../../files/path-refused.ts';
import { type Call, forEachPath, type Program, readWords, unknownOption } from '../program.ts';

/** cat(1): prints whole files in order. */
export const cat: Program = async (call) => {
  const { operands, wrong } = readWords(call.args, []);
  if (wrong !== null) return unknownOption(call, wrong);
  return forEachPath(
    call,
    operands,
    (path) => path,
    (path) => copyOut(call, path),
  );
};

/** head -c N: the first bytes of a file. */
export const head: Program = async (call) => {
  const { operands, values, wrong } = readWords(call.args, [], ['-c']);
  if (wrong !== null) return unknownOption(call, wrong);
  const count = values.get('-c') ?? '';
  if (!/^\d+$/.test(count)) {
    await call.err(`head: invalid number of bytes: '${count}'`);
    return 1;
  }
  const says = (path: string): string => `cannot open '${path}' for reading`;
  return forEachPath(call, operands, says, (path) => copyOut(call, path, Number(count)));
};

/** grep -sH . -- FILE…: the lines of each file that are not empty, after its name; a file that cannot be read makes it exit 2. */
export const grep: Program = async (call) => {
  const [option, pattern, dashes, ...files] = call.args;
  if (option !== '-sH' || pattern !== '.' || dashes !== '--') {
    await call.err('grep: only `grep -sH . -- FILE…` is simulated');
    return 2;
  }
  let exitCode = 1;
  for (const path of files) {
    const place = await call.files.find(call.user, path, 'read').catch(refusedPath);
    if (place === null) {
      exitCode = 2;
      continue;
    }
    const lines = (await readFile(place.real, 'utf8')).split('\n').filter((line) => line !== '');
    await call.out(lines.map((line) => `${path}:${line}\n`).join(''));
    if (exitCode === 1 && lines.length > 0) exitCode = 0;
  }
  return exitCode;
};

function refusedPath(error: unknown): null {
  if (error instanceof PathRefused) return null;
  throw error;
}

/** ls -1 and ls -1A: names in byte order, one per line. */
export const ls: Program = async (call) => {
  const { operands, flags, wrong } = readWords(call.args, ['-1', '-A', '-a']);
  if (wrong !== null) return unknownOption(call, wrong, 2);
  const isShown = (name: string): boolean => flags.has('-A') || flags.has('-a') || !name.startsWith('.');
  for (const path of operands.length === 0 ? ['.'] : operands) {
    try {
      const shown = (await names(call, path)).filter(isShown);
      await call.out(shown.map((name) => `${name}\n`).join(''));
    } catch (refused) {
      const verb = refused instanceof PathRefused && refused.code === 'EACCES' ? 'open directory' : 'access';
      await call.err(`ls: cannot ${verb} '${path}': ${errorWords(refused)}`);
      return 2;
    }
  }
  return 0;
};

/** test(1) with one file operator. */
export const test: Program = async (call) => {
  const [operator = '', path = '', ...more] = call.args;
  if (!['-e', '-d', '-f', '-r', '-s', '-w'].includes(operator) || path === '' || more.length > 0) {
    await call.err(`bash: line 1: test: ${operator}: unary operator expected`);
    return 2;
  }
  return (await isTrue(call, operator, path)) ? 0 : 1;
};

async function isTrue(call: Call, operator: string, path: string): Promise<boolean> {
  try {
    const { stats } = await call.files.find(
      call.user,
      path,
      operator === '-r' ? 'read' : operator === '-w' ? 'write' : 'look',
    );
    if (operator === '-d') return stats?.isDirectory() === true;
    if (operator === '-f') return stats?.isFile() === true;
    if (operator === '-s') return (stats?.size ?? 0) > 0;
    return stats !== null;
  } catch (refused) {
    if (refused instanceof PathRefused) return false;
    throw refused;
  }
}

async function copyOut(call: Call, path: string, bytes = Number.POSITIVE_INFINITY): Promise<void> {
  const { real, stats } = await call.files.find(call.user, path, 'read');
  if (stats?.isDirectory()) throw new PathRefused('EISDIR');
  if (bytes === 0) return;
  const end = Number.isFinite(bytes) ? { end: bytes - 1 } : {};
  for await (const piece of createReadStream(real, { ...end, highWaterMark: 256 * 1024 })) await call.out(piece);
}

async function names(call: Call, path: string): Promise<readonly string[]> {
  const { real, stats } = await call.files.find(call.user, path, 'look');
  if (stats === null) throw new PathRefused('ENOENT');
  if (!stats.isDirectory()) return [path];
  await call.files.find(call.user, path, 'read');
  return (await readdir(real)).toSorted();
}
