import { type FileHandle, open } from 'node:fs/promises';
import { KeyUnusable } from './failures.ts';
import { keyName, privateKeyFrom, publicHalf } from './pair.ts';

/** Group may read (a secret that Kubernetes mounts with fsGroup has mode 0440); nobody else may do anything. */
const NOT_SECRET = 0o037;
const WRITABLE_BY_OTHERS = 0o022;
const MOST_BYTES = 64 * 1024;

/** The bot's signing key and its name; throws KeyUnusable when others can read the file. */
export async function loadSigningKey(path: string): Promise<{ readonly privateKeyPem: string; readonly name: string }> {
  const privateKeyPem = await readKey(path, NOT_SECRET, 'Others can read this private key.', `chmod 0600 ${path}`);
  privateKeyFrom(privateKeyPem);
  return { privateKeyPem, name: publicHalf(privateKeyPem).name };
}

/** A trusted public key and its name; throws KeyUnusable when others can change the file. */
export async function loadTrustedKey(path: string): Promise<{ readonly publicKeyPem: string; readonly name: string }> {
  const what = 'Others can change this key, and so decide whose approvals count.';
  const publicKeyPem = await readKey(path, WRITABLE_BY_OTHERS, what, `chmod go-w ${path}`);
  return { publicKeyPem, name: keyName(publicKeyPem) };
}

async function readKey(path: string, forbidden: number, what: string, mend: string): Promise<string> {
  const file = await opened(path);
  try {
    const { mode, size } = await file.stat();
    if ((mode & forbidden) !== 0) throw new KeyUnusable(path, what, `Run: ${mend}`);
    if (size > MOST_BYTES) throw new KeyUnusable(path, 'The file is too large for a key.', 'Name the file of the key.');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const says = cause instanceof Error ? cause.message : String(cause);
    throw new KeyUnusable(path, `The key file cannot be opened: ${says}.`, 'Check path and owner of the file.', {
      cause,
    });
  }
}
