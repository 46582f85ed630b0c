import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian keeps daemons where the PATH of an ordinary user does not reach. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The first of these programs that is installed, with its path; null when none is. */
export async function findProgram(names: readonly string[], path: string): Promise<string | null> {
  for (const name of names) {
    for (const folder of [...path.split(delimiter), ...MORE_FOLDERS]) {
      const candidate = join(folder === '' ? '.' : folder, name);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: both mean that the search goes on.
    return false;
  }
}
