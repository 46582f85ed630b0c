import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileFailed } from './file-failed.ts';

/** 256 KiB: an SSH window holds several chunks. */
const CHUNK = 256 * 1024;

/** An open regular file, with its size and identity at that time. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  /** Device, inode, size, mtime and ctime: changes with the file's content, owner or place. */
  readonly identity: string;
}

/** The path exists but is not a regular file. */
export class NotAFile extends Error {
  override readonly name = 'NotAFile';
  readonly isDirectory: boolean;

  constructor(path: string, isDirectory: boolean) {
    super(`${path} is not a regular file`);
    this.isDirectory = isDirectory;
  }
}

/** Opens a file; the caller closes its handle. Throws system errors unchanged, and NotAFile. */
export async function openFile(path: string): Promise<OpenFile> {
  // Without O_NONBLOCK, open would wait for the writer of a named pipe.
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

/** Opens a file, runs `use`, and closes the file. */
export async function withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openFile(path);
  try {
    return await use(file);
  } finally {
    await file.handle.close();
  }
}

/** Throws `bootstrap-file` when the open file or the file at its path has changed. */
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

/** The bytes `from` … `to`. With `one`, all chunks share a buffer: allocating each chunk takes as long as hashing it. */
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

/** Exactly `length` bytes at `at`, in `into` if given; null when the file is shorter. */
export async function bytesAt({ handle }: OpenFile, at: number, length: number, into?: Buffer): Promise<Buffer | null> {
  // allocUnsafe is safe here: the buffer is returned only when every byte was read.
  const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) return null;
    done += bytesRead;
  }
  return bytes;
}
