import { createHash } from 'node:crypto';
import { ALL_ANNOUNCED, clusterKeys, clusterPrefix } from '../server/keys.ts';
import { BOT_COMMANDS, WORKER_COMMANDS } from './acl-commands.ts';

/** The bot's user, with permissions for every cluster that it serves. */
export const BOT_USER = 'registry-ha-bot';

/** The user of a cluster's worker, with permissions for that cluster only. */
export const workerUser = (cluster: string): string => `${WORKERS}${cluster}`;

const WORKERS = 'registry-ha-worker-';

/** A Redis user in an ACL file. */
export interface AclUser {
  readonly name: string;
  readonly password: string;
  readonly clusters: readonly string[];
  readonly commands: readonly string[];
  /** Channels to publish to and patterns to subscribe to; Redis allows a pattern only if it is listed literally. */
  readonly channels: readonly string[];
}

/**
 * `off`: nobody can log in as `default`. The user keeps its permissions, because Redis loads its append-only file with them: without
 * them it rejects its own transactions (MULTI … EXEC, which contain every script) and starts empty.
 */
const NO_DEFAULT = 'user default off resetpass ~* &* +@all';

/** The users of a bot that serves these clusters, and of the clusters' workers. */
export function aclUsers(clusters: readonly string[], passwordOf: (user: string) => string): readonly AclUser[] {
  const bot = { name: BOT_USER, clusters, commands: BOT_COMMANDS, channels: [ALL_ANNOUNCED] };
  const workers = clusters.map((cluster) => ({
    name: workerUser(cluster),
    clusters: [cluster],
    commands: WORKER_COMMANDS,
    channels: [clusterKeys(cluster).announced],
  }));
  return [bot, ...workers].map((user) => ({ ...user, password: passwordOf(user.name) }));
}

/** The text of an ACL file (redis.io, "ACL": `aclfile`) with password hashes only; keeps the lines of other users. */
export function aclFile(users: readonly AclUser[], before = ''): string {
  const others = before.split('\n').filter((line) => isOtherUser(line));
  return [NO_DEFAULT, ...users.map(lineOf), ...others].map((line) => `${line}\n`).join('');
}

/** The clusters whose workers have a line in an ACL file. */
export const clustersIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(userIn)
    .flatMap((name) => (name?.startsWith(WORKERS) ? [name.slice(WORKERS.length)] : []));

function lineOf({ name, password, clusters, commands, channels }: AclUser): string {
  const keys = clusters.map((cluster) => `~${clusterPrefix(cluster)}:*`);
  const rights = commands.map((command) => `+${command}`);
  return [
    'user',
    name,
    'on',
    'sanitize-payload',
    `#${sha256(password)}`,
    ...keys,
    'resetchannels',
    ...channels.map((channel) => `&${channel}`),
    '-@all',
    ...rights,
  ].join(' ');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function isOtherUser(line: string): boolean {
  const name = userIn(line);
  return name !== undefined && name !== 'default' && !name.startsWith('registry-ha-');
}

/** The user of a line of an ACL file; undefined for any other line. */
function userIn(line: string): string | undefined {
  const [word, name] = line.trim().split(/\s+/);
  return word === 'user' ? name : undefined;
}
