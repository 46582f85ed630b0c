import { readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { codeOf } from '../../../domain/text/error-code.ts';

/** The kernel's limit: more symbolic links in one path are a loop. */
const HOPS = 40;

/** The path on this computer; `root` is `/` on a real node. */
export const below = (root: string, path: string): string => posix.join(root, path);

/** The path on the node with symbolic links resolved; absolute links stay below the root. */
export async function withoutLinks(root: string, path: string): Promise<string> {
  const ahead = wordsOf(path);
  let done = '/';
  let hops = 0;
  for (let word = ahead.shift(); word !== undefined; word = ahead.shift()) {
    const here = posix.join(done, word);
    const target = await linkTarget(below(root, here));
    if (target !== null) {
      hops += 1;
      if (hops > HOPS) throw Object.assign(new Error(`too many symbolic links: ${path}`), { code: 'ELOOP' });
      if (target.startsWith('/')) done = '/';
      ahead.unshift(...wordsOf(target));
    } else {
      done = here;
    }
  }
  return done;
}

const wordsOf = (path: string) => path.split('/').filter((word) => word !== '' && word !== '.');

/** null for anything but a readable link; opening the path gives the better error. */
async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'ENOTDIR', 'EACCES', 'ENAMETOOLONG'].includes(codeOf(error))) return null;
    throw error;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'the worker has no permission to read it',
  EPERM: 'the worker has no permission to read it',
  EIO: 'the disk has a read error',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its name is too long',
};

/** A system error in words. */
export function systemWords(error: unknown): string {
  const code = codeOf(error);
  return WORDS[code] ?? (code === '' ? 'it cannot be read' : `it cannot be read (${code})`);
}
