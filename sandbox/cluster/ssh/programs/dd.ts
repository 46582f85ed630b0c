import { constants } from 'node:fs';
import { chmod, type FileHandle, open } from 'node:fs/promises';
import { errorWords, PathRefused } from '../../files/path-refused.ts';
import type { Place } from '../../files/path-walk.ts';
import type { Call, Program } from '../program.ts';

const KNOWN: Readonly<Record<string, readonly string[] | null>> = {
  of: null,
  bs: null,
  seek: null,
  conv: ['fdatasync', 'fsync', 'notrunc', 'excl', 'nocreat'],
  oflag: ['append', 'seek_bytes'],
  iflag: ['fullblock'],
  status: ['none'],
};

interface Plan {
  readonly path: string;
  readonly block: number;
  readonly seek: number;
  readonly words: ReadonlySet<string>;
}

/** dd from stdin to a file. Bytes received before the connection breaks are written, as with the real dd at end of input. */
export const dd: Program = async (call) => {
  const plan = readOperands(call.args);
  if (typeof plan === 'string') {
    await call.err(`dd: ${plan}`);
    await call.err("Try 'dd --help' for more information.");
    return 1;
  }
  const opened = await openTarget(call, plan).catch((refused: unknown) => errorWords(refused));
  if (typeof opened === 'string') {
    await call.err(`dd: failed to open '${plan.path}': ${opened}`);
    return 1;
  }
  try {
    return await copyIn(call, plan, opened.file, opened.place);
  } finally {
    await opened.file.close();
  }
};

function readOperands(args: readonly string[]): Plan | string {
  const found = new Map<string, string>();
  for (const word of args) {
    const [, name = '', value = ''] = /^([a-z]+)=(.*)$/s.exec(word) ?? [];
    const wrong = wrongOperand(word, name, value);
    if (wrong !== null) return wrong;
    found.set(name, value);
  }
  const path = found.get('of');
  const block = bytesOf(found.get('bs') ?? '512');
  const seek = bytesOf(found.get('seek') ?? '0');
  if (block === null || block === 0) return `invalid number: '${found.get('bs')}'`;
  if (seek === null) return `invalid number: '${found.get('seek')}'`;
  if (path === undefined) return 'an operand of=FILE is needed here';
  const words = new Set([found.get('conv'), found.get('oflag')].flatMap((one) => one?.split(',') ?? []));
  return { path, block, seek: words.has('seek_bytes') ? seek : seek * block, words };
}

function wrongOperand(word: string, name: string, value: string): string | null {
  const known = KNOWN[name];
  if (known === undefined) return `unrecognized operand '${word}'`;
  const wrong = known?.length ? value.split(',').find((one) => !known.includes(one)) : undefined;
  if (wrong === undefined) return null;
  return `invalid ${name === 'conv' ? 'conversion' : `${name.replace('flag', '')} flag`}: '${wrong}'`;
}

function bytesOf(word: string): number | null {
  const [, digits, unit] = /^(\d+)([KMG]?)$/.exec(word) ?? [];
  const factor = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[unit ?? ''] ?? 1;
  return digits === undefined ? null : Number(digits) * factor;
}

async function openTarget(call: Call, plan: Plan): Promise<{ readonly file: FileHandle; readonly place: Place }> {
  const place = await call.files.find(call.user, plan.path, 'write');
  if (plan.words.has('excl') && place.stats !== null) throw new PathRefused('EEXIST');
  if (plan.words.has('nocreat') && place.stats === null) throw new PathRefused('ENOENT');
  const file = await open(place.real, constants.O_RDWR | constants.O_CREAT, 0o644);
  if (place.stats === null) {
    await chmod(place.real, 0o644);
    call.files.own(place.path, { user: call.user, group: call.user });
  }
  if (!plan.words.has('notrunc')) {
    await file.truncate(plan.seek);
    call.files.use(place.path, Math.min(0, plan.seek - (place.stats?.size ?? 0)));
  }
  return { file, place };
}

async function copyIn(call: Call, plan: Plan, file: FileHandle, place: Place): Promise<number> {
  const size = (await file.stat()).size;
  let position = plan.words.has('append') ? size : plan.seek;
  let end = Math.max(size, plan.words.has('notrunc') ? 0 : plan.seek);
  for await (const piece of call.stdin) {
    const more = Math.max(0, position + piece.length - end);
    const room = Math.min(more, call.files.freeAt(place.path));
    const fits = piece.subarray(0, piece.length - (more - room));
    await file.write(fits, 0, fits.length, position);
    position += fits.length;
    end = Math.max(end, position);
    call.files.use(place.path, room);
    if (fits.length === piece.length) continue;
    await call.err(`dd: error writing '${plan.path}': No space left on device`);
    return 1;
  }
  if (plan.words.has('fdatasync') || plan.words.has('fsync')) await file.datasync();
  return 0;
}
