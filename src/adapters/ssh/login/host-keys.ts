import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Unreachable } from '../../../domain/answers/failure.ts';
import type { HostKey, NodeAccess, NodeKey } from '../../../domain/cluster/facts.ts';
import { codeOf } from '../../../domain/text/error-code.ts';
import { replaceFile } from '../../files/replace-file.ts';
import {
  addKnownKey,
  formatKnownHosts,
  type KnownKey,
  type KnownLine,
  parseKnownHosts,
  standingOf,
} from './known-hosts.ts';
import { keyChanged, keyRevoked, keyUnknown } from './words.ts';

/** The key in a raw blob, which starts with the length and name of its algorithm (RFC 4253, 6.6). */
export function keyInBlob(blob: Buffer): KnownKey {
  const length = blob.readUInt32BE(0);
  return { algorithm: blob.toString('latin1', 4, 4 + length), key: blob.toString('base64') };
}

/** The fault of a host key; null when it is pinned, or unknown but exactly the trusted key. */
export function faultOf(
  lines: readonly KnownLine[],
  access: NodeAccess,
  shown: KnownKey,
  options: { readonly file: string; readonly trust: HostKey | undefined },
): Unreachable | null {
  const standing = standingOf(lines, access, shown);
  switch (standing.is) {
    case 'pinned':
      return null;
    case 'revoked':
      return keyRevoked(access.node, access, shown, options.file);
    case 'changed':
      return keyChanged(access.node, access, shown, standing.pinned, options.file);
    case 'unknown':
      return isTrusted(options.trust, access, shown) ? null : keyUnknown(access, shown);
  }
}

function isTrusted(trust: HostKey | undefined, { host, port }: NodeAccess, { algorithm, key }: KnownKey): boolean {
  if (trust === undefined) return false;
  return trust.host === host && trust.port === port && trust.algorithm === algorithm && trust.key === key;
}

/** Reads known_hosts; a missing file is empty. An unsupported line may revoke a key, so it stops every login. */
export async function readKnownHosts(file: string): Promise<readonly KnownLine[]> {
  const unreadable = (what: string, cause?: unknown) =>
    new Unreachable('bootstrap', 'unreachable', `The file of pinned SSH host keys, ${file}, ${what}`, { cause });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return '';
    throw unreadable('cannot be read.', cause);
  });
  const lines = parseKnownHosts(text);
  const unknown = lines.findIndex(({ is }) => is === 'unknown') + 1;
  if (unknown === 0) return lines;
  throw unreadable(
    `has an unsupported line ${unknown}. Write it as \`host algorithm key\`, with \`@revoked\` in front for a revoked key.`,
  );
}

/** Adds all keys to known_hosts, or none when another key is pinned or a key is revoked. */
export async function pinKeys(file: string, keys: readonly NodeKey[]): Promise<void> {
  const before = await readKnownHosts(file);
  let lines = before;
  for (const { node, key } of keys) {
    const place = { node, host: key.host, port: key.port };
    const standing = standingOf(lines, place, key);
    if (standing.is === 'revoked') throw keyRevoked(node, key, key, file);
    if (standing.is === 'changed') throw keyChanged(node, key, key, standing.pinned, file);
    lines = addKnownKey(lines, place, key);
  }
  if (lines === before) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, formatKnownHosts(lines));
}
