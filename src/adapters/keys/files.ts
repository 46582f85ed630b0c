import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, failedTogether } from '../../domain/answers/failure.ts';
import { howToLetRead, NOT_SECRET } from '../../domain/answers/file-rights.ts';
import { keyUnusable } from './failures.ts';
import { keyName, privateKeyFrom, publicHalf } from './pair.ts';
import type { SigningKey, TrustedKey } from './signature.ts';

const WRITABLE_BY_OTHERS = 0o022;
/** In a folder with this bit, users cannot replace the files of others. */
const STICKY = 0o1000;
const MOST_BYTES = 64 * 1024;

/** A trusted public key and its file. */
export interface TrustedKeyFile extends TrustedKey {
  readonly name: string;
  readonly path: string;
}

/** Loads a signing key; throws `key-unusable` when others can read the file. */
export async function loadSigningKey(path: string): Promise<SigningKey> {
  const privateKeyPem = await readKey(path, NOT_SECRET, 'Other users can read this private key.', `chmod 0600 ${path}`);
  privateKeyFrom(privateKeyPem);
  return { privateKeyPem, name: publicHalf(privateKeyPem).name };
}

/** Loads a trusted public key; throws `key-unusable` when others can change the file. */
export async function loadTrustedKey(path: string): Promise<TrustedKeyFile> {
  const what = 'Other users can change this key, and so decide whose signatures are accepted.';
  const publicKeyPem = await readKey(path, WRITABLE_BY_OTHERS, what, `chmod go-w ${path}`);
  return { publicKeyPem, name: keyName(publicKeyPem), path };
}

/** Loads keys from files, and every `*.pub` in folders. Throws `key-unusable` if others can change them, or a folder has none. */
export async function loadTrustedKeys(paths: readonly string[]): Promise<readonly TrustedKeyFile[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const keys = await Promise.all(files.map(loadTrustedKey));
  return [...new Map(keys.map((key) => [key.name, key])).values()];
}

/** A process's current and former public keys, which are all accepted. Throws `key-unusable`. */
export async function ownAndFormerKeys(
  own: SigningKey,
  formerPaths: readonly string[],
): Promise<readonly TrustedKey[]> {
  const former = await loadTrustedKeys(formerPaths);
  return [publicHalf(own.privateKeyPem), ...former.filter(({ name }) => name !== own.name)];
}

/** Waits for all of these; throws their failures as one, so that people see every wrong key at once. */
export async function everyKey(loads: readonly Promise<unknown>[]): Promise<void> {
  const wrong = (await Promise.allSettled(loads)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const failures = wrong.filter((error): error is Failure => error instanceof Failure);
  const [defect] = wrong.filter((error) => !(error instanceof Failure));
  if (defect !== undefined) throw defect;
  if (failures.length > 0) throw failedTogether(failures);
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(notThere(path));
  await refuseForeignFolder(found.isDirectory() ? path : dirname(path));
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path).catch(notThere(path))).filter((name) => name.endsWith('.pub')).toSorted();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw keyUnusable(path, 'The folder has no public key, so no signature would be accepted.', 'Add a *.pub file.');
}

/** Anyone who can write to a folder can replace its files. */
async function refuseForeignFolder(path: string): Promise<void> {
  const { mode, uid } = await stat(path).catch(notThere(path));
  const what = 'Other users can replace the keys in this folder, and so decide whose signatures are accepted.';
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0)
    throw keyUnusable(path, what, `Run \`chmod go-w ${path}\`.`);
  refuseForeignOwner(path, uid);
}

async function readKey(path: string, forbidden: number, what: string, fix: string): Promise<string> {
  const file = await open(path, 'r').catch(notThere(path, forbidden === NOT_SECRET));
  try {
    const { mode, size, uid } = await file.stat();
    if ((mode & forbidden) !== 0) throw keyUnusable(path, what, `Run \`${fix}\`.`);
    refuseForeignOwner(path, uid);
    if (size > MOST_BYTES) throw keyUnusable(path, 'The file is too large for a key.', 'Set the path of a key file.');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The owner can always change a file, so only root and the process's own user may own it. */
function refuseForeignOwner(path: string, uid: number): void {
  const own = process.getuid?.();
  if (uid === 0 || uid === own) return;
  const what = `It belongs to user ${uid}, who is neither root nor the user of this process (${own}).`;
  throw keyUnusable(path, what, `Run \`chown root ${path}\`.`);
}

const notThere =
  (path: string, isSecret = false) =>
  (cause: unknown): never => {
    const says = cause instanceof Error ? cause.message : String(cause);
    const next =
      howToLetRead(path, cause, { uid: process.getuid?.() ?? null, isSecret }) ??
      'Check its path, or create a key pair with `registry-ha keys new`.';
    throw keyUnusable(path, `The key file cannot be opened: ${says}.`, next, { cause });
  };
