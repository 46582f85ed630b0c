import type { CommandResult } from '../../../domain/node-commands/command.ts';

/** Kept of each stream; a command that says more is ended. */
const STREAM_LIMIT = 1024 * 1024;

type Stream = 'stdout' | 'stderr';

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

  /** `why` tells on a line of its own at the end of stderr that the command was given up. */
  result(exitCode: number | null, why?: string): CommandResult {
    const stderr = this.#text('stderr');
    const note = why === undefined ? '' : `${stderr === '' || stderr.endsWith('\n') ? '' : '\n'}registry-ha: ${why}\n`;
    return { exitCode, stdout: this.#text('stdout'), stderr: `${stderr}${note}` };
  }

  #text(stream: Stream): string {
    return Buffer.concat(this.#chunks[stream]).toString('utf8');
  }
}
