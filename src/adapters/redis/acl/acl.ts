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
  return [{ ...bot, password: passwordOf(BOT_USER) }, ...clusters.map((cluster) => workerOf(cluster, passwordOf))];
}

const workerOf = (cluster: string, passwordOf: (user: string) => string): AclUser => ({
  name: workerUser(cluster),
  password: passwordOf(workerUser(cluster)),
  clusters: [cluster],
  commands: WORKER_COMMANDS,
  channels: [clusterKeys(cluster).announced],
});

/** The text of an ACL file (redis.io, "ACL": `aclfile`) with password hashes only; keeps the lines of other users. */
export function aclFile(users: readonly AclUser[], before = ''): string {
  const others = before.split('\n').filter((line) => isOtherUser(line));
  return [NO_DEFAULT, ...users.map(lineOf), ...others].map((line) => `${line}\n`).join('');
}

/**
 * The text of an ACL file with further clusters: the bot's line gets their keys and keeps its password, each new worker gets a line, and
 * all other lines stay as they are. Null if the file has no line of the bot.
 */
export function aclFileWith(added: readonly string[], before: string, passwordOf: (user: string) => string) {
  const lines = before.split('\n').filter((line) => line.trim() !== '');
  const bot = lines.findIndex((line) => userIn(line) === BOT_USER);
  if (bot < 0) return null;
  const known = new Set(clustersIn(before));
  const workers = added.filter((cluster) => !known.has(cluster)).map((cluster) => workerOf(cluster, passwordOf));
  const grown = lines.with(bot, botLineWith(added, lines[bot] ?? ''));
  return [...grown, ...workers.map(lineOf)].map((line) => `${line}\n`).join('');
}

/** Its keys and password hashes are those of the line before; its commands are those of this version. */
function botLineWith(added: readonly string[], before: string): string {
  const words = before.split(/\s+/);
  const keys = new Set([...words.filter((word) => word.startsWith('~')), ...added.map(keysOf)]);
  const hashes = words.filter((word) => word.startsWith('#'));
  return ruleOf(BOT_USER, hashes, [...keys], [ALL_ANNOUNCED], BOT_COMMANDS);
}

/** The clusters whose workers have a line in an ACL file. */
export const clustersIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(userIn)
    .flatMap((name) => (name?.startsWith(WORKERS) ? [name.slice(WORKERS.length)] : []));

const lineOf = ({ name, password, clusters, commands, channels }: AclUser): string =>
  ruleOf(name, [`#${sha256(password)}`], clusters.map(keysOf), channels, commands);

const keysOf = (cluster: string): string => `~${clusterPrefix(cluster)}:*`;

function ruleOf(
  name: string,
  hashes: readonly string[],
  keys: readonly string[],
  channels: readonly string[],
  commands: readonly string[],
): string {
  return [
    'user',
    name,
    'on',
    'sanitize-payload',
    ...hashes,
    ...keys,
    'resetchannels',
    ...channels.map((channel) => `&${channel}`),
    '-@all',
    ...commands.map((command) => `+${command}`),
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
