import type { CommandResult } from '../../../domain/node-commands/command.ts';
import type { Ended } from '../../../domain/node-commands/ended.ts';

/** Limit of each stream in bytes; a command that prints more is stopped. */
const STREAM_LIMIT = 1024 * 1024;

type Stream = 'stdout' | 'stderr';

/** The end of a command that exceeded the limit. */
export const TOO_MUCH: Ended = { is: 'too-much-output', bytes: STREAM_LIMIT };

/** The output of a command, up to a limit. */
export class Capture {
  readonly #chunks: Readonly<Record<Stream, Buffer[]>> = { stdout: [], stderr: [] };
  readonly #bytes: Record<Stream, number> = { stdout: 0, stderr: 0 };

  /** Adds output; false when the limit is exceeded, and the rest is dropped. */
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
