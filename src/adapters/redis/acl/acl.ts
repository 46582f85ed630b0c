import { createHash } from 'node:crypto';
import { ALL_ANNOUNCED, clusterKeys, clusterPrefix } from '../server/keys.ts';
import { BOT_COMMANDS, WORKER_COMMANDS } from './acl-commands.ts';

/** The bot's user, with the rights for every cluster that it serves. */
export const BOT_USER = 'registry-ha-bot';

/** The user of a cluster's worker, who sees that cluster only. */
export const workerUser = (cluster: string): string => `${WORKERS}${cluster}`;

const WORKERS = 'registry-ha-worker-';

/** A user of Redis as an ACL file tells it. */
export interface AclUser {
  readonly name: string;
  readonly password: string;
  readonly clusters: readonly string[];
  readonly commands: readonly string[];
  /** Channels it may publish to, and patterns that it may subscribe to: a pattern is a right only when it stands here as it is. */
  readonly channels: readonly string[];
}

/**
 * `off`: nobody can log in as `default`. Its rights stay all the same, because Redis reads its append-only file under them at start:
 * without them it refuses its own transactions (MULTI … EXEC, as every script is kept) and comes up empty.
 */
const NOBODY = 'user default off resetpass ~* &* +@all';

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

/**
 * The text of an ACL file (redis.io, "ACL": `aclfile`): these users, nobody without a password, and the lines of users that are
 * not ours as they were. Passwords stand in it as hashes only.
 */
export function aclFile(users: readonly AclUser[], before = ''): string {
  const others = before.split('\n').filter((line) => isOfSomebodyElse(line));
  return [NOBODY, ...users.map(lineOf), ...others].map((line) => `${line}\n`).join('');
}

/** The clusters whose workers have a line in this text of an ACL file. */
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

function isOfSomebodyElse(line: string): boolean {
  const name = userIn(line);
  return name !== undefined && name !== 'default' && !name.startsWith('registry-ha-');
}

/** Whom a line of an ACL file is about; undefined for any other line. */
function userIn(line: string): string | undefined {
  const [word, name] = line.trim().split(/\s+/);
  return word === 'user' ? name : undefined;
}
