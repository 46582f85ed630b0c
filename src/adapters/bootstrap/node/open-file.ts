import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileFailed } from './file-failed.ts';

/** 256 KiB: SSH windows take several of them, memory does not notice. */
const CHUNK = 256 * 1024;

/** A regular file that is open for reading, with what it was when it was opened. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  /** Changes whenever content, owner or place of the file changes: device, inode, size, times of change. */
  readonly identity: string;
}

/** It is there, and it is no regular file. */
export class NotAFile extends Error {
  override readonly name = 'NotAFile';
  readonly isDirectory: boolean;

  constructor(path: string, isDirectory: boolean) {
    super(`${path} is not a regular file`);
    this.isDirectory = isDirectory;
  }
}

/** Opens a file; who opens it closes its handle. Throws system errors as they come, and NotAFile. */
export async function openFile(path: string): Promise<OpenFile> {
  // Without O_NONBLOCK a named pipe would wait for its writer for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new NotAFile(path, stats.isDirectory());
    return { path, handle, size: Number(stats.size), identity: identityOf(stats) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a file for as long as `use` takes. */
export async function withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } finally {
    await file.handle.close();
  }
}

/** Throws `bootstrap-file` when the open file, or what its path now leads to, is not what was opened. */
export async function sameStill({ path, handle, identity }: OpenFile): Promise<void> {
  const now = await handle.stat({ bigint: true });
  const there = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw fileFailed(path, 'it was removed while the worker read it', { cause });
  });
  if (identityOf(now) === identity && identityOf(there) === identity) return;
  throw fileFailed(path, 'it was changed while the worker read it');
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

/**
 * The bytes `from` … `to` of a file. Each chunk has a buffer of its own, or all have `one`, for a reader that is done with a chunk
 * when it asks for the next: fresh memory for each takes as long again as hashing it.
 */
export async function* bytesOf(
  { path, handle }: OpenFile,
  from: number,
  to: number,
  signal: AbortSignal,
  buffers: 'fresh' | 'one' = 'fresh',
): AsyncGenerator<Uint8Array> {
  let at = from;
  let chunk = Buffer.allocUnsafe(Math.min(CHUNK, to - at));
  while (at < to) {
    signal.throwIfAborted();
    if (buffers === 'fresh' && at > from) chunk = Buffer.allocUnsafe(Math.min(CHUNK, to - at));
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, to - at), at);
    if (bytesRead === 0) throw fileFailed(path, 'it became shorter while the worker read it');
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Exactly `length` bytes at `at`, or null when the file is shorter. `into` is at least so long, and good until it is used again. */
export async function bytesAt({ handle }: OpenFile, at: number, length: number, into?: Buffer): Promise<Buffer | null> {
  // Given away only when every byte of it was read.
  const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) return null;
    done += bytesRead;
  }
  return bytes;
}
