import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, chmod as setMode } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  FINISH_SCRIPT,
  HASH_SCRIPT,
  REBUILD_SCRIPT,
  RECEIVE_SCRIPT,
  REREAD_SCRIPT,
  SEE_SCRIPT,
  SEEN_FORMAT,
} from '../../../../src/domain/node-commands/copy-scripts.ts';
import { errorWords } from '../../files/path-refused.ts';
import type { Call, Program } from '../program.ts';
import { chmod, chown, mkdir, mv, rm, sync } from './change.ts';
import { sha256sum } from './digest.ts';
import { stat } from './stat.ts';
import { StdinBytes } from './stdin-bytes.ts';
import { guarded, isOwn } from './way.ts';

const hash: Program = (call) => sha256sum({ ...call, args: ['--', argument(call, 1)] });

const see: Program = async (call) => {
  const [path, part, size, known] = [1, 2, 3, 4].map((number) => argument(call, number));
  let said = '';
  await stat({
    ...withStderr(call),
    args: ['-L', '-c', SEEN_FORMAT, '--', path ?? ''],
    out: async (content) => {
      said += content.toString();
      await call.out(content);
    },
  });
  await stat({ ...withStderr(call), args: ['-c', SEEN_FORMAT, '--', part ?? ''] });
  const isCandidate = said.startsWith(`${size} 8`) && !said.trimEnd().endsWith(` ${known}`);
  return isCandidate ? hash(call) : 0;
};

const finish: Program = async (call) => {
  const [path = '', part = '', owner = ''] = call.args;
  if (!(await isOwn(call, part))) return 1;
  const words: readonly (readonly [Program, readonly string[]])[] = [
    [chmod, ['0644', '--', part]],
    ...(owner === '' ? [] : [[chown, [owner, '--', part]] as const]),
    [sync, ['--', part]],
    [mv, ['-nT', '--', part, path]],
    [sync, ['--', `${dirname(path)}/`]],
    [stat, ['-L', '-c', SEEN_FORMAT, '--', path]],
  ];
  for (const [program, args] of words) {
    const exitCode = await program({ ...call, program: program.name, args });
    if (exitCode !== 0) return exitCode;
  }
  return (await call.files.find(call.user, part, 'look')).stats === null ? 0 : 1;
};

const receive: Program = async (call) => {
  const [from, size] = [Number(argument(call, 2)), Number(argument(call, 3))];
  const stdin = new StdinBytes(call.stdin);
  return intoPart(call, async (part) => {
    await part.write(stdin.take(size - from), from);
  });
};

const rebuild: Program = async (call) => {
  const [from, size] = [Number(argument(call, 2)), Number(argument(call, 3))];
  const stdin = new StdinBytes(call.stdin);
  return intoPart(call, async (part) => {
    const seed = await call.files.find(call.user, argument(call, 5), 'read');
    let at = from;
    while (at < size) {
      const [start, length] = (await stdin.line())?.split(' ') ?? [];
      const [begin, bytes] = [Number(start), Number(length)];
      if (start === undefined || !(bytes > 0)) return;
      const taken =
        start === 'here' ? stdin.take(bytes) : createReadStream(seed.real, { start: begin, end: begin + bytes - 1 });
      if (!(await part.write(taken, at))) return;
      at += bytes;
    }
  });
};

/** The scripts of a copy, compared character by character. */
export const COPY_SCRIPTS: ReadonlyMap<string, Program> = new Map([
  [SEE_SCRIPT, see],
  [RECEIVE_SCRIPT, guarded(receive)],
  [REBUILD_SCRIPT, guarded(rebuild)],
  [FINISH_SCRIPT, guarded(finish)],
  [HASH_SCRIPT, hash],
  [REREAD_SCRIPT, hash],
]);

/** `$1`, `$2` … of a script, without its guard. */
const argument = ({ args }: Call, number: number): string => args[number - 1] ?? '';

/** A script's `2>&1`. */
const withStderr = (call: Call): Call => ({ ...call, program: 'stat', err: (line) => call.out(`${line}\n`) });

interface Part {
  /** Writes pieces from an offset; false, with an error message, if the disk is full. */
  write(pieces: AsyncIterable<Buffer>, at: number): Promise<boolean>;
}

/** Creates the part file and its folders, fills it, prints its digest; exits 0 if the size is right. */
async function intoPart(call: Call, fill: (part: Part) => Promise<void>): Promise<number> {
  const path = argument(call, 1);
  const made = await mkdir({ ...call, program: 'mkdir', args: ['-p', '-m', '0755', '--', `${dirname(path)}/`] });
  if (made !== 0) return made;
  if (!(await isOwn(call, path))) await rm({ ...call, program: 'rm', args: ['-f', '--', path] });
  const opened = await openPart(call, path).catch((refused: unknown) => errorWords(refused));
  if (typeof opened === 'string') {
    await call.err(`sh: 2: cannot create ${path}: ${opened}`);
    return 2;
  }
  try {
    const wrong = await withModeAndOwner(call, path, argument(call, 4));
    if (wrong !== 0) return wrong;
    await fill({ write: (pieces, at) => writeAt(call, opened, pieces, at) });
  } finally {
    await opened.close();
  }
  await hash(call);
  const { stats } = await call.files.find(call.user, path, 'look');
  return stats?.size === Number(argument(call, 3)) ? 0 : 1;
}

async function withModeAndOwner(call: Call, path: string, owner: string): Promise<number> {
  const wrong = await chmod({ ...call, program: 'chmod', args: ['0644', '--', path] });
  return wrong !== 0 || owner === '' ? wrong : chown({ ...call, program: 'chown', args: [owner, '--', path] });
}

async function openPart(call: Call, path: string): Promise<FileHandle> {
  const place = await call.files.find(call.user, path, 'write');
  const file = await open(place.real, constants.O_RDWR | constants.O_CREAT, 0o644);
  if (place.stats === null) {
    await setMode(place.real, 0o644);
    call.files.own(place.path, { user: call.user, group: call.user });
  }
  return file;
}

async function writeAt(call: Call, file: FileHandle, pieces: AsyncIterable<Buffer>, from: number): Promise<boolean> {
  const path = argument(call, 1);
  let at = from;
  for await (const piece of pieces) {
    const more = Math.max(0, at + piece.length - (await file.stat()).size);
    const room = Math.min(more, call.files.freeAt(path));
    const fits = piece.subarray(0, piece.length - (more - room));
    await file.write(fits, 0, fits.length, at);
    call.files.use(path, room);
    at += fits.length;
    if (fits.length === piece.length) continue;
    await call.err(`dd: error writing '${path}': No space left on device`);
    return false;
  }
  return true;
}
