import { fileFailed } from '../node/file-failed.ts';
import { bytesAt, type OpenFile, sameStill } from '../node/open-file.ts';

/** An archive that is open. */
export interface OpenArchive {
  readonly fd: number;
  readonly size: number;
  readonly identity: string;
  /** Exactly so many bytes from there, `into` memory of the caller's or fresh; throws `bootstrap-file` when the file ends before. */
  readAt(at: number, length: number, into?: Buffer): Promise<Buffer>;
  /** Throws `bootstrap-file` when the file, or what its path leads to, is not what was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

export function openArchive(file: OpenFile): OpenArchive {
  return {
    fd: file.handle.fd,
    size: file.size,
    identity: file.identity,
    readAt: async (at, length, into) => {
      const bytes = await bytesAt(file, at, length, into);
      if (bytes === null) throw fileFailed(file.path, 'it became shorter while it was being read');
      return bytes;
    },
    assertUnchanged: () => sameStill(file),
    close: () => file.handle.close(),
  };
}
