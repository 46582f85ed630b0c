import { access, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DatedKey } from '../../domain/answers/key-age.ts';
import { keyUnusable } from './failures.ts';
import { loadSigningKey } from './files.ts';
import { keyName, newKeyPair, publicHalf } from './pair.ts';

/** The owner of a key. */
export type KeyOwner = 'bot' | 'worker';

/** A key file as an operator sees it. Its name is a fingerprint, and its date that of its title, or else of its last modification. */
export interface KeyFile extends DatedKey {
  readonly path: string;
  readonly half: 'private' | 'public';
  /** From the file's title; `unknown` for a key from another program. */
  readonly owner: KeyOwner | 'unknown';
}

const FILES: Readonly<Record<KeyOwner, string>> = { bot: 'approval', worker: 'worker' };

/** Writes a new pair: `approval.*` for a bot, `worker.*` for a worker. Never overwrites files. Throws `key-unusable`. */
export async function writeNewPair(owner: KeyOwner, folder: string, now: Date) {
  const { privateText, publicText, name } = newKeyPairFiles(owner, now);
  const [privatePath, publicPath] = [join(folder, `${FILES[owner]}.key`), join(folder, `${FILES[owner]}.pub`)];
  await mkdir(folder, { recursive: true });
  for (const path of [privatePath, publicPath]) await refuseExisting(path, folder);
  await writeFile(privatePath, privateText, { mode: 0o600, flag: 'wx' });
  await writeFile(publicPath, publicText, { mode: 0o644, flag: 'wx' });
  return { name, privatePath, publicPath };
}

/** The texts of both files of a new pair, or of the pair of a private key that is there. Throws `key-unusable`. */
export function newKeyPairFiles(owner: KeyOwner, now: Date, privateText?: string) {
  const pair = privateText === undefined ? newKeyPair() : { ...publicHalf(privateText), privateKeyPem: '' };
  const { name, publicKeyPem, privateKeyPem } = pair;
  // PEM allows text before the key: RFC 7468, section 2.
  const title = `registry-ha ${owner} key ${name}, made ${now.toISOString()}\n`;
  return { name, privateText: privateText ?? title + privateKeyPem, publicText: title + publicKeyPem };
}

async function refuseExisting(path: string, folder: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  const what = `${basename(path)} already exists and was not changed.`;
  if (isThere) throw keyUnusable(folder, what, 'To replace a key, use another folder.');
}

/** The key files (`*.key`, `*.pub`) of a folder. Throws `key-unusable` for an invalid key. */
export async function keyFilesIn(folder: string): Promise<readonly KeyFile[]> {
  const names = (await readdir(folder)).filter((name) => /\.(key|pub)$/.test(name)).toSorted();
  return await Promise.all(names.map((name) => keyFileAt(join(folder, name))));
}

/** Reads a key file; does not check its permissions. Throws `key-unusable`. */
export async function keyFileAt(path: string): Promise<KeyFile> {
  const pem = await readFile(path, 'utf8');
  const half = pem.includes('PRIVATE KEY') ? 'private' : 'public';
  const name = half === 'private' ? publicHalf(pem).name : keyName(pem);
  const [, owner, made] = /^registry-ha (bot|worker) key [0-9a-f]{12}, made (\S+)$/m.exec(pem) ?? [];
  const at = Date.parse(made ?? '');
  return {
    path,
    half,
    name,
    owner: owner === 'bot' || owner === 'worker' ? owner : 'unknown',
    made: Number.isNaN(at) ? (await stat(path)).mtime : new Date(at),
    isDated: !Number.isNaN(at),
  };
}

/** The signing key and those that are trusted, with their dates. Throws `key-unusable`. */
export async function datedKeys(
  own: string,
  trusted: () => Promise<readonly { readonly path: string }[]>,
): Promise<readonly DatedKey[]> {
  await loadSigningKey(own);
  const paths = [own, ...(await trusted()).map(({ path }) => path)];
  return await Promise.all(paths.map(keyFileAt));
}

/** Moves a public key to the subfolder `retired` and returns it with its new path. Throws `key-unusable`. */
export async function retireKey(name: string, folder: string): Promise<KeyFile> {
  const publicKeys = (await keyFilesIn(folder)).filter(({ half }) => half === 'public');
  const [key, ...others] = publicKeys.filter((one) => one.name.startsWith(name));
  if (key === undefined || name === '' || others.length > 0) {
    const there = publicKeys.map((one) => one.name).join(', ') || 'none';
    const what = `“${name}” does not match exactly one public key here. The keys are: ${there}.`;
    throw keyUnusable(folder, what, 'Use the name of one of them.');
  }
  const retired = join(folder, 'retired');
  await mkdir(retired, { recursive: true });
  const path = join(retired, `${key.name}-${basename(key.path)}`);
  await rename(key.path, path);
  return { ...key, path };
}
