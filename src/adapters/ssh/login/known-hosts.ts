import { createHash } from 'node:crypto';

/**
 * A line of the worker's own known_hosts file (sshd(8)); `text` is the original line. The worker writes no hashed names, patterns or
 * authorities, so such a line is `unknown`.
 */
export type KnownLine = KeyLine | { readonly is: 'comment' | 'unknown'; readonly text: string };

interface KeyLine {
  readonly is: 'key';
  readonly text: string;
  readonly revoked: boolean;
  readonly names: readonly string[];
  readonly algorithm: string;
  readonly key: string;
}

/** A public key in known_hosts. */
export interface KnownKey {
  readonly algorithm: string;
  readonly key: string;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The status of a server's key in the file. */
export type Standing =
  | { readonly is: 'pinned' }
  | { readonly is: 'unknown' }
  | { readonly is: 'revoked' }
  | { readonly is: 'changed'; readonly pinned: readonly KnownKey[] };

/** Parses a file's text. */
export function parseKnownHosts(text: string): readonly KnownLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(parseLine);
}

function parseLine(text: string): KnownLine {
  const words = text.trim().split(/\s+/);
  if (words[0] === '' || words[0]?.startsWith('#')) return { is: 'comment', text };
  const revoked = words[0] === '@revoked';
  const [names = '', algorithm, key] = revoked ? words.slice(1) : words;
  if (algorithm === undefined || key === undefined || /[|*?!@]/.test(names)) return { is: 'unknown', text };
  return { is: 'key', text, revoked, names: names.toLowerCase().split(','), algorithm, key };
}

/** The file's text, unchanged lines included. */
export function formatKnownHosts(lines: readonly KnownLine[]): string {
  return lines.map((line) => `${line.text}\n`).join('');
}

/** The status of a key: `revoked` takes precedence; a key other than the pinned keys is `changed`. */
export function standingOf(lines: readonly KnownLine[], place: Place, shown: KnownKey): Standing {
  const about = keyLines(lines, place);
  if (about.some((line) => line.revoked && sameKey(line, shown))) return { is: 'revoked' };
  const pinned = about.filter(({ revoked }) => !revoked);
  if (pinned.length === 0) return { is: 'unknown' };
  return pinned.some((line) => sameKey(line, shown)) ? { is: 'pinned' } : { is: 'changed', pinned };
}

/** Every key that is pinned for a place. */
export const findKnownKeys = (lines: readonly KnownLine[], place: Place): readonly KnownKey[] =>
  keyLines(lines, place).filter(({ revoked }) => !revoked);

/** Whether the file can contain this host as one name, not as a pattern, a list or another line. */
export const isHostName = (host: string): boolean => /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/.test(host);

/** Appends a key unless it is pinned. Throws a TypeError for a host or key that would become another line. */
export function addKnownKey(lines: readonly KnownLine[], place: Place, key: KnownKey): readonly KnownLine[] {
  const isSafe = isHostName(place.host) && /^[\w@.-]+$/.test(key.algorithm) && /^[\w+/=]+$/.test(key.key);
  if (!isSafe) throw new TypeError('The host or the key is not valid in known_hosts.');
  if (standingOf(lines, place, key).is === 'pinned') return lines;
  return [...lines, parseLine(`${hostNameOf(place)} ${key.algorithm} ${key.key}`)];
}

/** `host`, or `[host]:port` for a port other than 22. */
export function hostNameOf({ host, port }: Place): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** `SHA256:…` as `ssh-keygen -l` prints it. */
export function fingerprintOf(key: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

const keyLines = (lines: readonly KnownLine[], place: Place): readonly KeyLine[] =>
  lines.filter((line) => line.is === 'key').filter(({ names }) => names.includes(hostNameOf(place)));

const sameKey = (one: KnownKey, other: KnownKey): boolean => one.algorithm === other.algorithm && one.key === other.key;
