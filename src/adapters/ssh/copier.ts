import { render } from '../../domain/command.ts';
import { type FileSeen, shownCopyCommands } from '../../domain/copy-commands.ts';
import type { NodeAccess } from '../../domain/facts.ts';
import { CommandFailed, NotConfirmed, Unreachable } from '../../domain/failure.ts';
import { bytesInWords } from '../../domain/measure.ts';
import type { CopyStep } from '../../domain/step.ts';
import type { BootstrapNode, Clock, Copier, NodeShell } from '../../ports.ts';
import { CopyPace } from './copy-pace.ts';
import { transfer } from './copy-stream.ts';
import { CopyTarget } from './copy-target.ts';
import { placeOf } from './words.ts';

const RECONNECTS = 5;
const FIRST_PAUSE_MS = 1_000;
/** The `dd` of a cut connection may still write its last bytes: a part that grows under the hash is looked at again. */
const PART_LOOKS = 3;

/** The parts a copier works with. */
export interface CopierParts {
  readonly shell: NodeShell;
  readonly bootstrap: Pick<BootstrapNode, 'read' | 'sha256'>;
  readonly clock: Clock;
}

/** One copy on its way. */
interface Copy extends CopierParts {
  readonly step: CopyStep;
  readonly access: NodeAccess;
  readonly pace: CopyPace;
  readonly signal: AbortSignal;
}

/** Copies by plain commands over SSH, proves by SHA-256, goes on where an interrupted copy ended. */
export function sshCopier(parts: CopierParts): Copier {
  return {
    async copy(step, access, onProgress, signal) {
      assertApproved(step, access);
      const pace = new CopyPace(step.archive.size, parts.clock, onProgress);
      await untilWhole({ ...parts, step, access, pace, signal });
      pace.complete();
    },
  };
}

/** What would run must be what was shown: an annotation may have changed since. */
function assertApproved(step: CopyStep, access: NodeAccess): void {
  const order = { path: step.archive.path, part: step.part, sudo: access.sudo, hasher: 'openssl' } as const;
  const runs = shownCopyCommands(order).map(render);
  const approved = step.commands.map(({ command }) => render(command));
  if (runs.join('\n') === approved.join('\n')) return;
  const what =
    'The commands of this copy are not the approved ones: the access to the node has changed. Nothing was run.';
  throw new NotConfirmed(step.node, what, 'Ask for the change again to get a new plan.');
}

/** Tries again when the connection was lost, and once when the bytes arrived damaged. */
async function untilWhole(copy: Copy): Promise<void> {
  let lost = 0;
  let damaged = 0;
  for (;;) {
    try {
      if ((await attempt(copy)) === 'whole') return;
      damaged += 1;
      if (damaged > 1) throw damagedTwice(copy);
    } catch (error) {
      copy.signal.throwIfAborted();
      if (!isLost(error)) throw error;
      lost += 1;
      if (lost > RECONNECTS) throw gaveUp(copy, error);
      await copy.clock.sleep(FIRST_PAUSE_MS * 2 ** (lost - 1), copy.signal);
    }
  }
}

/** From whatever state the target is in to the whole archive at its path; every line may be the last and is found again. */
async function attempt(copy: Copy): Promise<'whole' | 'damaged'> {
  const { shell, access, step, signal } = copy;
  const target = await CopyTarget.of(shell, access, step, signal);
  const { makeFolder, discard, mode, owner, sync } = target.commands;
  if (!(await isInPlace(target, step))) {
    await target.act(makeFolder);
    await fillPart(copy, target);
    if (!(await isPartWhole(target, step))) {
      await target.act(discard);
      return 'damaged';
    }
    await target.act(mode);
    if (owner !== null) await target.act(owner);
    await renamePart(target, step);
  }
  await target.act(sync);
  return 'whole';
}

/** Is the archive at its path already? Anything else there is in the way. */
async function isInPlace(target: CopyTarget, step: CopyStep): Promise<boolean> {
  const seen = await target.seePath();
  if (seen.is === 'absent') return false;
  const { size, sha256 } = step.archive;
  if (seen.is === 'file' && seen.size === size && (await target.hashPath(size)) === sha256) return true;
  throw inTheWay(step, seen);
}

/** Appends what the part file lacks; a part that is not the archive's beginning is thrown away first. */
async function fillPart(copy: Copy, target: CopyTarget): Promise<void> {
  const { step, bootstrap, pace, clock, signal } = copy;
  const { path, size } = step.archive;
  const from = await usableBytes(copy, target);
  if (from === size) return;
  const open = (either: AbortSignal) => bootstrap.read(path, from, either);
  await transfer({ target, from, pace, clock, signal, open });
}

/** How many bytes of the part file are the archive's beginning; what is not is thrown away. */
async function usableBytes({ step, bootstrap, signal }: Copy, target: CopyTarget): Promise<number> {
  const { path, size } = step.archive;
  for (let look = 0; look < PART_LOOKS; look += 1) {
    const part = await target.seePart();
    if (part.is === 'absent') return 0;
    if (part.is !== 'file' || part.size > size) break;
    if (part.size === size) return size;
    const [there, here] = await Promise.all([target.hashPart(part.size), bootstrap.sha256(path, signal, part.size)]);
    if (there === here) return part.size;
    const again = await target.seePart();
    if (again.is === 'file' && again.size === part.size) break;
  }
  await target.act(target.commands.discard);
  return 0;
}

async function isPartWhole(target: CopyTarget, { archive }: CopyStep): Promise<boolean> {
  const part = await target.seePart();
  return part.is === 'file' && part.size === archive.size && (await target.hashPart(part.size)) === archive.sha256;
}

async function renamePart(target: CopyTarget, step: CopyStep): Promise<void> {
  const { rename } = target.commands;
  const result = await target.attempt(rename);
  const [path, part] = [await target.seePath(), await target.seePart()];
  if (part.is === 'absent' && path.is === 'file' && path.size === step.archive.size) return;
  if (path.is === 'absent') throw new CommandFailed(step.node, rename, result);
  throw inTheWay(step, path);
}

function inTheWay({ node, archive, part }: CopyStep, seen: FileSeen): NotConfirmed {
  const kind = { absent: 'something', directory: 'a directory', other: 'no regular file', file: 'another file' }[
    seen.is
  ];
  const size = seen.is === 'file' ? ` of ${bytesInWords(seen.size)}` : '';
  const what = `At ${archive.path} is ${kind}${size}, which is not the archive ${archive.id}. It was left as it is.`;
  const next = `Look at it on ${node}, move it away, and ask for the change again. What was copied so far is in ${part}.`;
  return new NotConfirmed(node, what, next);
}

function damagedTwice({ step }: Copy): NotConfirmed {
  const { path, sha256 } = step.archive;
  const what = `${path} arrived twice with another SHA-256 than ${sha256}. The copy was thrown away.`;
  const next =
    'Check that the archive did not change on the bootstrap node since the plan was made, then the disk of the node.';
  return new NotConfirmed(step.node, what, next);
}

const isLost = (error: unknown): error is Unreachable => error instanceof Unreachable && error.fault === 'unreachable';

function gaveUp({ step, access }: Copy, last: Unreachable): Unreachable {
  const says =
    `The connection to ${placeOf(access)} was lost ${RECONNECTS + 1} times while ${step.archive.path} was copied; ` +
    `the last time: ${last.says} What has arrived stays in ${step.part}, and the next attempt of this change goes on from there.`;
  return new Unreachable(step.node, 'unreachable', says, { cause: last });
}
