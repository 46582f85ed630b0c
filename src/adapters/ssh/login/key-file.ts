import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { usableKey } from './key-format.ts';
import { keyMissing, keyUnsafe } from './words.ts';

/** The path of a node's private key, below the root of the cluster's paths. */
export function keyPathOf(root: string, { keyPath }: NodeAccess): string {
  return root === '' ? keyPath : join(root, keyPath);
}

/** The private key as ssh2 reads it; throws Unreachable with `key-missing` or `key-unsafe`. */
export async function readPrivateKey(root: string, access: NodeAccess): Promise<string> {
  // The roster's default is the relative `salt-ssh.rsa`, which only salt-ssh resolves.
  if (!isAbsolute(access.keyPath)) throw keyMissing(access, access.keyPath, 'it is not an absolute path');
  const path = keyPathOf(root, access);
  const file = await opened(path, access);
  try {
    const mode = (await file.stat()).mode & 0o777;
    if ((mode & 0o077) !== 0) throw keyUnsafe(access, path, `0${mode.toString(8)}`);
    const usable = usableKey(await file.readFile('utf8'));
    if ('why' in usable) throw keyMissing(access, path, usable.why);
    return usable.key;
  } finally {
    await file.close();
  }
}

async function opened(path: string, access: NodeAccess): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'it does not exist' : 'it cannot be read';
    throw keyMissing(access, path, why, cause);
  }
}
