import { CommandFailed } from '../../../domain/answers/failure.ts';
import { fileInLine, type TargetSeen } from '../../../domain/node-commands/copy-commands.ts';
import { hasExited } from '../../../domain/node-commands/ended.ts';
import { settled } from '../run/settled.ts';
import type { Copy } from '../stream/copy-parts.ts';
import { sendRecipe, sendRest } from './copy-send.ts';
import { CopyTarget } from './copy-target.ts';
import { inTheWay, sourceChanged } from './copy-words.ts';
import { seedIsThere } from './seeding.ts';

/** The writer of a cut connection may still write its last bytes, so a part file that grows is checked again. */
const PART_CHECKS = 3;

/** Completes the copy from any state of the target; a crash may interrupt it at any line. */
export async function attempt(copy: Copy): Promise<'whole' | 'damaged'> {
  const { shell, access, step, signal } = copy;
  const target = new CopyTarget(shell, access, step, signal);
  const known = knownIdentity(copy);
  const seen = await target.see(known);
  if (seen.path.is !== 'absent') {
    await assertInPlace(copy, target, seen, known);
    copy.pace.allSaved();
    return 'whole';
  }
  if (!(await fillPart(copy, target, seen))) {
    await target.discard();
    return 'damaged';
  }
  await finish(copy, target);
  return 'whole';
}

/** The identity of the file at the path, if it was verified as this archive before. */
function knownIdentity({ digests, step: { node, archive } }: Copy): string | null {
  const known = digests?.known(node, archive.path) ?? null;
  return known?.sha256 === archive.sha256 ? known.identity : null;
}

/** Throws unless the file at the path is the archive. An unknown file is flushed, because a crash may have followed its rename. */
async function assertInPlace(copy: Copy, target: CopyTarget, seen: TargetSeen, known: string | null): Promise<void> {
  const { node, archive } = copy.step;
  const { path } = seen;
  if (path.is !== 'file' || path.size !== archive.size) throw inTheWay(copy.step, path);
  if (path.identity === known) return;
  if (seen.sha256 !== archive.sha256) throw inTheWay(copy.step, path);
  await target.sync();
  await copy.digests?.remember(node, archive.path, path.identity, archive.sha256);
}

/** Sends what the part file lacks; false when the result is not the archive. */
async function fillPart(copy: Copy, target: CopyTarget, seen: TargetSeen): Promise<boolean> {
  const { step, strict, bootstrap, signal } = copy;
  const { path, size, sha256 } = step.archive;
  const from = await usableBytes(copy, target, seen);
  copy.pace.begin(from);
  if (from < size) {
    const over = new AbortController();
    const source = settled(bootstrap.sha256(path, AbortSignal.any([signal, over.signal])));
    try {
      const there = await send(copy, target, from);
      const here = await source;
      if ('error' in here) throw here.error;
      if (here.value !== sha256) throw sourceChanged(step, here.value);
      if (there !== sha256) return false;
    } finally {
      over.abort();
    }
  }
  return strict !== true || (await target.rereadPart()) === sha256;
}

/** Uses the seed if there is one. If the digest is then wrong, sends everything. */
async function send(copy: Copy, target: CopyTarget, from: number): Promise<string> {
  if (!(await seedIsThere(copy))) return sendRest(copy, target, from);
  const seeded = await sendRecipe(copy, target, from);
  if (seeded === copy.step.archive.sha256) return seeded;
  copy.seedFailed.is = true;
  await target.discard();
  copy.pace.begin(0);
  return sendRest(copy, target, 0);
}

/** The number of valid bytes in the part file; discards a part file that does not match. */
async function usableBytes(copy: Copy, target: CopyTarget, seen: TargetSeen): Promise<number> {
  const { step, bootstrap, signal } = copy;
  const { path, size, sha256 } = step.archive;
  let { part } = seen;
  for (let check = 0; check < PART_CHECKS; check += 1) {
    if (part.is === 'absent') return 0;
    if (part.is !== 'file' || part.size > size) break;
    const wanted = part.size === size ? sha256 : bootstrap.sha256(path, signal, part.size);
    const [there, here] = await Promise.all([target.hashPart(), wanted]);
    if (there === here) return part.size;
    const again = (await target.see(null)).part;
    if (again.is === 'file' && again.size === part.size) break;
    part = again;
  }
  await target.discard();
  return 0;
}

/** Sets mode and owner, flushes, and moves the file into place; never overwrites a file that appeared meanwhile. */
async function finish(copy: Copy, target: CopyTarget): Promise<void> {
  const { step, digests } = copy;
  const { node, archive } = step;
  const result = await target.finish();
  const [first = ''] = result.stdout.split('\n');
  const placed = hasExited(result) ? fileInLine(first) : null;
  if (placed?.is === 'file' && placed.size === archive.size) {
    await digests?.remember(node, archive.path, placed.identity, archive.sha256);
    return;
  }
  const { path, part, sha256 } = await target.see(null);
  if (part.is === 'absent' && sha256 === archive.sha256) return;
  if (path.is === 'absent') throw new CommandFailed(node, target.commands.finish, result);
  throw inTheWay(step, path);
}
