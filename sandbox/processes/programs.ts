import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian installs daemons in folders that are not on an ordinary user's PATH. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The name and path of the first of these programs that is installed; null if none is. */
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
    // Missing or not executable for us: try the next folder.
    return false;
  }
}
