import { Unreachable } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import type { Command, CommandResult } from '../../../domain/node-commands/command.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OpenArchive } from '../../../ports/cluster.ts';
import type { NodeShell } from '../../../ports/nodes.ts';
import { notReached } from '../login/words.ts';
import { NotSent } from '../run/channel.ts';
import type { OpenSsh } from '../run/openssh.ts';
import { settled } from '../run/settled.ts';
import type { CopyPace } from './copy-pace.ts';
import { moveTo, positionOf } from './file-position.ts';
import { Pulse, watch } from './pulse.ts';

/** Timeout of a whole transfer; the stall timeout ends it long before. */
const TRANSFER_LIMIT_MS = 24 * 3_600_000;

/** Options of a transfer. */
export interface Sending {
  readonly access: NodeAccess;
  readonly command: Command;
  readonly from: number;
  readonly pace: CopyPace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A piece of a stream, and the byte of the archive reached with it. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly reached: number;
}

/** Pieces to send, and the clients to send them. */
export interface PiecesSending extends Sending {
  readonly shell: NodeShell;
  readonly openSsh?: Pick<OpenSsh, 'run'>;
  /** Starts from the beginning at each call. */
  readonly pieces: (signal: AbortSignal) => AsyncIterable<Piece>;
}

/** Runs the command with pieces as standard input, through ssh(1) or the built-in client. Throws Unreachable on a stall. */
export async function sendPieces({ shell, openSsh, pieces, ...sending }: PiecesSending): Promise<CommandResult> {
  const { access, command } = sending;
  const stdin = (pulse: Pulse, signal: AbortSignal) => counted(readAhead(pieces(signal)), pulse, sending.pace);
  if (openSsh !== undefined) {
    try {
      return await watched(sending, (pulse, signal) =>
        openSsh.run(access, command, { stdin: { bytes: stdin(pulse, signal) }, signal }),
      );
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      // The transfer restarts, so the count restarts.
      sending.pace.begin(sending.from);
    }
  }
  return watched(sending, (pulse, signal) =>
    shell.run(access, command, { signal, limitMs: TRANSFER_LIMIT_MS, stdin: stdin(pulse, signal) }),
  );
}

/** Runs the command with the rest of the open archive as standard input, through ssh(1). Throws NotSent if unusable. */
export function sendFile({
  archive,
  openSsh,
  ...sending
}: Sending & { readonly archive: OpenArchive; readonly openSsh: Pick<OpenSsh, 'run'> }): Promise<CommandResult> {
  const { fd, size } = archive;
  const look = async (pulse: Pulse, before: { at: number }): Promise<void> => {
    const at = await positionOf(fd);
    if (at === before.at) return;
    before.at = at;
    sending.pace.reached(at);
    if (at === size) pulse.last();
    else pulse.beat();
  };
  const before = { at: sending.from };
  return watched(
    sending,
    async (_, signal) => {
      await moveTo(fd, sending.from);
      return openSsh.run(sending.access, sending.command, { stdin: { fd }, signal });
    },
    (pulse) => look(pulse, before),
  );
}

async function watched(
  { access, clock, pace, signal }: Pick<Sending, 'access' | 'clock' | 'pace' | 'signal'>,
  send: (pulse: Pulse, signal: AbortSignal) => Promise<CommandResult>,
  look?: (pulse: Pulse) => Promise<void>,
): Promise<CommandResult> {
  const [stalled, over] = [new AbortController(), new AbortController()];
  const pulse = new Pulse(clock);
  const either = AbortSignal.any([signal, stalled.signal]);
  let blind: unknown;
  const watching = watch(pulse, clock, stalled, over.signal, async () => {
    await look?.(pulse);
    pace.look();
  }).catch((cause: unknown) => {
    // A transfer that nobody watches could hang for a day.
    blind = cause;
    stalled.abort();
  });
  try {
    return await send(pulse, either);
  } catch (error) {
    signal.throwIfAborted();
    if (blind !== undefined)
      throw new Unreachable(
        access.node,
        'unreachable',
        `A transfer to ${access.node} was stopped: its progress cannot be read.`,
        { cause: blind },
      );
    throw stalled.signal.aborted ? notReached(access, `it accepted no data for ${pulse.limitMs / 1000} s`) : error;
  } finally {
    over.abort();
    await watching;
  }
}

/** Counts pieces: a request for the next piece means that the previous piece was accepted. */
async function* counted(pieces: AsyncIterable<Piece>, pulse: Pulse, pace: CopyPace): AsyncGenerator<Uint8Array> {
  for await (const { bytes, reached } of pieces) {
    pulse.beat();
    yield bytes;
    pulse.beat();
    pace.reached(reached);
  }
  pulse.last();
}

/** Reads one piece ahead, so that disk and network work in parallel. */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const reader = source[Symbol.asyncIterator]();
  // Errors are values, so that an unused piece causes no unhandled rejection.
  const read = () => settled(reader.next());
  let coming = read();
  try {
    for (;;) {
      const come = await coming;
      if ('error' in come) throw come.error;
      if (come.value.done === true) return;
      coming = read();
      yield come.value.value;
    }
  } finally {
    await reader.return?.();
  }
}
