import type { Command, CommandResult } from '../../../domain/node-commands/command.ts';
import { hasExited, isOutOfSight } from '../../../domain/node-commands/ended.ts';
import type { OpenArchive } from '../../../ports/cluster.ts';
import { NotSent } from '../run/channel.ts';
import type { OpenSsh } from '../run/openssh.ts';
import type { Copy } from '../stream/copy-parts.ts';
import { positionOf } from '../stream/file-position.ts';
import { type Piece, type PiecesSending, type Sending, sendFile, sendPieces } from '../stream/send.ts';
import type { CopyTarget } from './copy-target.ts';
import { seedingPieces, withPair } from './seeding.ts';

/** Sends the archive from a byte on; returns the target's digest of the whole part file. */
export async function sendRest(copy: Copy, target: CopyTarget, from: number): Promise<string> {
  const command = target.commands.receive(from);
  const result = (await sentByFile(copy, command, from)) ?? (await sentByUs(copy, command, from));
  return target.digestOf(command, result);
}

/** Sends through ssh(1), which reads the file itself; null where that is not possible. */
async function sentByFile(copy: Copy, command: Command, from: number): Promise<CommandResult | null> {
  const { bootstrap, openSsh, rateCap, step, signal } = copy;
  if (bootstrap.open === undefined || openSsh === undefined || rateCap !== undefined) return null;
  const archive = await bootstrap.open(step.archive.path, signal);
  try {
    const result = await unlessNotSent({ ...sendingOf(copy, command, from), archive, openSsh });
    if (result !== null) await archive.assertUnchanged();
    return result;
  } finally {
    await archive.close();
  }
}

/** null when ssh(1) ended before it read a byte: the built-in client then gives the better error. */
async function unlessNotSent(
  sending: Sending & { readonly archive: OpenArchive; readonly openSsh: OpenSsh },
): Promise<CommandResult | null> {
  try {
    const result = await sendFile(sending);
    return isOutOfSight(result.ended) && (await positionOf(sending.archive.fd)) === sending.from ? null : result;
  } catch (error) {
    if (error instanceof NotSent) return null;
    throw error;
  }
}

/** Sends only what the seed lacks; returns the target's digest of the part file, null when the rebuild failed. */
export async function sendRecipe(copy: Copy, target: CopyTarget, from: number): Promise<string | null> {
  const command = target.commands.rebuild?.(from);
  if (command === undefined) return null;
  const result = await withPair(copy, (pair) => {
    const { recipes, pace } = copy;
    const onSaved = (bytes: number) => pace.save(bytes);
    const pieces = (signal: AbortSignal) =>
      paced(copy, seedingPieces(pair, { recipes, from, onSaved, signal }), signal);
    return sendPieces({ ...sendingOf(copy, command, from), ...clientsOf(copy), pieces });
  });
  return result.ended.is !== 'exit' || hasExited(result) ? target.digestOf(command, result) : null;
}

function sentByUs(copy: Copy, command: Command, from: number): Promise<CommandResult> {
  const { bootstrap, step } = copy;
  const pieces = (stop: AbortSignal) =>
    paced(copy, positioned(bootstrap.read(step.archive.path, from, stop), from), stop);
  // With a rate limit, ssh(1) may get the bytes from us. Without one it has just failed, and the built-in client explains errors better.
  const clients = copy.rateCap === undefined ? { shell: copy.shell } : clientsOf(copy);
  return sendPieces({ ...sendingOf(copy, command, from), ...clients, pieces });
}

const clientsOf = ({ shell, openSsh }: Copy): Pick<PiecesSending, 'shell' | 'openSsh'> => ({
  shell,
  ...(openSsh === undefined ? {} : { openSsh }),
});

const sendingOf = ({ access, pace, clock, signal }: Copy, command: Command, from: number): Sending => ({
  access,
  command,
  from,
  pace,
  clock,
  signal,
});

async function* positioned(chunks: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<Piece> {
  let reached = from;
  for await (const bytes of chunks) {
    reached += bytes.length;
    yield { bytes, reached };
  }
}

/** The pieces at the capped rate. */
async function* paced({ rateCap }: Copy, pieces: AsyncIterable<Piece>, signal: AbortSignal): AsyncGenerator<Piece> {
  for await (const piece of pieces) {
    await rateCap?.take(piece.bytes.length, signal);
    yield piece;
  }
}
