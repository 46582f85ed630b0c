import { createHash, createHmac } from 'node:crypto';

/** A line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"); `text` is the original line. */
export type KnownLine = KeyLine | { readonly is: 'other'; readonly text: string };

interface KeyLine {
  readonly is: 'key';
  readonly text: string;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Comma-separated names, or one hashed name. */
  readonly names: string;
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

/** Parses a file's text; unknown lines are kept and match nothing. */
export function parseKnownHosts(text: string): readonly KnownLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(parseLine);
}

function parseLine(text: string): KnownLine {
  const words = text.trim().split(/\s+/);
  const marker = markerOf(words[0] ?? '');
  const [names, algorithm, key] = marker === 'none' ? words : words.slice(1);
  if (text.trim().startsWith('#') || names === undefined || algorithm === undefined || key === undefined) {
    return { is: 'other', text };
  }
  return { is: 'key', text, marker, names, algorithm, key };
}

function markerOf(word: string): KeyLine['marker'] {
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : 'none';
}

/** The file's text, with unknown lines and comments unchanged. */
export function formatKnownHosts(lines: readonly KnownLine[]): string {
  return lines.map((line) => `${line.text}\n`).join('');
}

/** The status of a key: `revoked` takes precedence; a key other than the pinned keys is `changed`. */
export function standingOf(lines: readonly KnownLine[], place: Place, shown: KnownKey): Standing {
  const about = keyLines(lines).filter(({ names }) => matches(names, hostNameOf(place)));
  if (about.some((line) => line.marker === 'revoked' && sameKey(line, shown))) return { is: 'revoked' };
  const pinned = about.filter(({ marker }) => marker === 'none');
  if (pinned.length === 0) return { is: 'unknown' };
  return pinned.some((line) => sameKey(line, shown)) ? { is: 'pinned' } : { is: 'changed', pinned };
}

/** Every key that is pinned for a place. */
export function findKnownKeys(lines: readonly KnownLine[], place: Place): readonly KnownKey[] {
  return keyLines(lines).filter(({ marker, names }) => marker === 'none' && matches(names, hostNameOf(place)));
}

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

const keyLines = (lines: readonly KnownLine[]): readonly KeyLine[] => lines.filter((line) => line.is === 'key');

const sameKey = (one: KnownKey, other: KnownKey): boolean => one.algorithm === other.algorithm && one.key === other.key;

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHashed(names, name);
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matchesPattern(pattern, name));
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, keyed by the salt. */
function matchesHashed(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || salt === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` as in a shell. Only the last star backtracks, so that no pattern takes long. */
function matchesPattern(pattern: string, name: string): boolean {
  let [p, n] = [0, 0];
  let star: { readonly p: number; readonly n: number } | null = null;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = { p, n };
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star !== null) {
      star = { p: star.p, n: star.n + 1 };
      p = star.p + 1;
      n = star.n;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(p));
}
