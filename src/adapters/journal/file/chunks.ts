import type { FileHandle } from 'node:fs/promises';
import { isJson } from './line.ts';

/** A journal is read in pieces of this size: it may be larger than the worker's memory, and the event loop turns between two of them. */
const CHUNK = 64 * 1024;
const NEWLINE = 0x0a;

/** The first bytes of an open file, in pieces. */
export async function* chunksOf(file: FileHandle, bytes = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; ) {
    const wanted = Math.min(CHUNK, bytes - at);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A line without its newline; `whole` is false for the bytes after the last line that counts, mostly none. */
export interface LineBytes {
  readonly content: Buffer;
  readonly whole: boolean;
}

/** Each line, and last the unfinished rest. A last line that is not JSON belongs to the rest: a crash has cut its write. */
export async function* linesIn(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<LineBytes> {
  let held: Buffer | undefined;
  for await (const { content, whole } of split(chunks)) {
    if (held !== undefined && !whole && content.length === 0 && !isJson(held.toString('utf8'))) {
      yield { content: Buffer.concat([held, Buffer.of(NEWLINE)]), whole };
      return;
    }
    if (held !== undefined) yield { content: held, whole: true };
    if (!whole) yield { content, whole };
    held = content;
  }
}

async function* split(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<LineBytes> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield { content: Buffer.concat([...begun, chunk.subarray(from, end)]), whole: true };
      begun = [];
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
  }
  yield { content: Buffer.concat(begun), whole: false };
}
