import { createHash } from 'node:crypto';
import { isNodeName } from '../../../domain/cluster/node-name.ts';

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
  /** The node for which the worker pinned the key. Null for every node: a line typed by hand, or of an older version. */
  readonly node: string | null;
}

/** The comment with the node's name; ssh(1) ignores comments (sshd(8)). */
const FOR_NODE = 'registry-ha:';

/** A public key in known_hosts. */
export interface KnownKey {
  readonly algorithm: string;
  readonly key: string;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where a node is reached. */
export interface NodePlace extends Place {
  readonly node: string;
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
  const [names = '', algorithm, key, ...comment] = revoked ? words.slice(1) : words;
  if (algorithm === undefined || key === undefined || /[|*?!@]/.test(names)) return { is: 'unknown', text };
  const node = comment.find((word) => word.startsWith(FOR_NODE))?.slice(FOR_NODE.length) ?? null;
  return { is: 'key', text, revoked, names: names.toLowerCase().split(','), algorithm, key, node };
}

/** The file's text, unchanged lines included. */
export function formatKnownHosts(lines: readonly KnownLine[]): string {
  return lines.map((line) => `${line.text}\n`).join('');
}

/**
 * The status of a key: `revoked`, for whichever node, takes precedence; a key other than the node's pinned keys is `changed`. What is
 * pinned for another node at the same place does not count.
 */
export function standingOf(lines: readonly KnownLine[], place: NodePlace, shown: KnownKey): Standing {
  if (keyLines(lines, place).some((line) => line.revoked && sameKey(line, shown))) return { is: 'revoked' };
  const pinned = findKnownKeys(lines, place);
  if (pinned.length === 0) return { is: 'unknown' };
  return pinned.some((line) => sameKey(line, shown)) ? { is: 'pinned' } : { is: 'changed', pinned };
}

/** Every key that is pinned for a node at a place. */
export const findKnownKeys = (lines: readonly KnownLine[], place: NodePlace): readonly KnownKey[] =>
  keyLines(lines, place).filter(({ revoked, node }) => !revoked && (node === null || node === place.node));

/** The nodes whose keys at this place are not also keys of this node; ssh(1) would accept those keys, too. */
export function othersAt(lines: readonly KnownLine[], place: NodePlace): readonly string[] {
  const own = findKnownKeys(lines, place);
  const others = keyLines(lines, place).filter((line) => !line.revoked && !own.some((one) => sameKey(one, line)));
  return others.flatMap(({ node }) => node ?? []);
}

/** Whether the file can contain this host as one name, not as a pattern, a list or another line. */
export const isHostName = (host: string): boolean => /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/.test(host);

/** Appends a key unless it is pinned. Throws a TypeError for a host, node or key that would become another line. */
export function addKnownKey(lines: readonly KnownLine[], place: NodePlace, key: KnownKey): readonly KnownLine[] {
  const isSafe = isHostName(place.host) && /^[\w@.-]+$/.test(key.algorithm) && /^[\w+/=]+$/.test(key.key);
  if (!isSafe || !isNodeName(place.node)) throw new TypeError('The host or the key is not valid in known_hosts.');
  if (standingOf(lines, place, key).is === 'pinned') return lines;
  return [...lines, parseLine(`${hostNameOf(place)} ${key.algorithm} ${key.key} ${FOR_NODE}${place.node}`)];
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
