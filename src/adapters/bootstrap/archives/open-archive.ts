import type { OpenArchive } from '../../../ports/cluster.ts';
import { fileFailed } from '../node/file-failed.ts';
import { bytesAt, type OpenFile, sameStill } from '../node/open-file.ts';

/** The file as an archive; throws `bootstrap-file`. */
export function openArchive(file: OpenFile): OpenArchive {
  return {
    fd: file.handle.fd,
    size: file.size,
    identity: file.identity,
    readAt: async (at, length, into) => {
      const bytes = await bytesAt(file, at, length, into);
      if (bytes === null) throw fileFailed(file.path, 'it became shorter while the worker read it');
      return bytes;
    },
    assertUnchanged: () => sameStill(file),
    close: () => file.handle.close(),
  };
}
