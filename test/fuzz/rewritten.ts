import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { afterAll } from 'vitest';

/**
 * Writes a file anew for each case, and returns its path. The file is kept open: ext4 waits for the disk whenever a file that was
 * emptied is closed (ext4(5), `auto_da_alloc`), which is most of the time of ten thousand cases.
 */
export function rewritten(path: string): (text: string) => string {
  const file = openSync(path, 'w');
  afterAll(() => closeSync(file));
  return (text) => {
    const bytes = Buffer.from(text);
    ftruncateSync(file, bytes.length);
    writeSync(file, bytes, 0, bytes.length, 0);
    return path;
  };
}
