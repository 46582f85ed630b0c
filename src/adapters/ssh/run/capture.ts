import type { CommandResult } from '../../../domain/node-commands/command.ts';
import type { Ended } from '../../../domain/node-commands/ended.ts';

/** Bytes kept of each stream; a command that prints more is stopped. */
const STREAM_LIMIT = 1024 * 1024;

type Stream = 'stdout' | 'stderr';

/** The end of a command that printed more than is kept. */
export const TOO_MUCH: Ended = { is: 'too-much-output', bytes: STREAM_LIMIT };

/** What a command says, up to a limit. */
export class Capture {
  readonly #chunks: Readonly<Record<Stream, Buffer[]>> = { stdout: [], stderr: [] };
  readonly #bytes: Record<Stream, number> = { stdout: 0, stderr: 0 };

  /** False when the limit is passed; what is over it is dropped. */
  add(stream: Stream, chunk: Buffer): boolean {
    const room = STREAM_LIMIT - this.#bytes[stream];
    this.#chunks[stream].push(chunk.subarray(0, room));
    this.#bytes[stream] += Math.min(room, chunk.length);
    return chunk.length <= room;
  }

  result(ended: Ended): CommandResult {
    return { ended, stdout: this.#text('stdout'), stderr: this.#text('stderr') };
  }

  #text(stream: Stream): string {
    return Buffer.concat(this.#chunks[stream]).toString('utf8');
  }
}
