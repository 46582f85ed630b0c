import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Real ones have a few kB. */
const LIMIT_BYTES = 2 ** 20;

/** The text of a regular file of at most 1 MiB; throws what the system says, or a sentence. A named pipe is not waited for. */
export function textOfSmallFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (stats.size > LIMIT_BYTES) throw new Error(`it is larger than ${LIMIT_BYTES} bytes`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
