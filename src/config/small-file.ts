import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Configuration files have a few kB. */
const LIMIT_BYTES = 2 ** 20;

/** The text of a regular file of at most 1 MiB. Throws system errors and plain Errors; never blocks on a named pipe. */
export function textOfSmallFile(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('not a regular file');
    if (stats.size > LIMIT_BYTES) throw new Error(`larger than ${LIMIT_BYTES} bytes`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}
