import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../adapters/files/replace-file.ts';
import { aclFile, aclFileWith, aclUsers, BOT_USER, clustersIn, workerUser } from '../adapters/redis/acl/acl.ts';
import { PlainFailure } from '../domain/answers/failure.ts';
import { isClusterName } from '../domain/cluster/cluster-name.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { listed } from '../domain/text/format.ts';
import { orExplained, type Print } from './explained.ts';

/** The words of `registry-ha redis`. */
export interface RedisWords {
  /** Every cluster, for a whole file. */
  readonly cluster?: readonly string[];
  /** Further clusters, beside those of the file. */
  readonly add?: readonly string[];
  readonly folder: string;
}

/** `registry-ha redis acl`: writes users.acl and missing passwords into a folder; returns the exit code. */
export async function redisCommand(
  verb: string,
  { cluster = [], add = [], folder }: RedisWords,
  print: Print,
): Promise<number> {
  if (verb !== 'acl' || (cluster.length === 0) === (add.length === 0)) {
    print('Use `registry-ha redis acl --cluster NAME... --folder FOLDER`, or --add NAME for one cluster more.');
    return 2;
  }
  const clusters = [...new Set([...cluster, ...add])];
  const wrong = clusters.filter((name) => !isClusterName(name));
  if (wrong.length > 0) {
    const names = wrong.map((name) => JSON.stringify(name)).join(', ');
    print(`Invalid cluster name: ${names}. Use lower-case letters, digits and hyphens.`);
    return 2;
  }
  const write = add.length > 0 ? addUsers : writeUsers;
  return await orExplained(print, () => write(clusters, folder, print));
}

async function writeUsers(clusters: readonly string[], named: string, print: Print): Promise<number> {
  const folder = resolve(named);
  const path = join(folder, 'users.acl');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await textOf(path);
  // The whole file is replaced, so the next ACL LOAD would lock out a cluster that is not named.
  const leftOut = clustersIn(before).filter((name) => !clusters.includes(name));
  if (leftOut.length > 0) {
    print(
      `Nothing was written: ${listed(leftOut.map(workerUser))} in ${path} would be removed. ` +
        `Name every cluster: \`--cluster ${[...leftOut, ...clusters].join(' ')}\`. ` +
        'To remove a cluster for good, first delete its worker’s line from the file.',
    );
    return 1;
  }
  const names = aclUsers(clusters, () => '').map(({ name }) => name);
  const passwords = new Map<string, string>();
  for (const name of names) passwords.set(name, await passwordOf(folder, name));
  const users = aclUsers(clusters, (name) => passwords.get(name) ?? '');
  // In one step, because Redis may read the file at any time.
  await replaceFile(path, aclFile(users, before), 0o640);
  printUsers(path, folder, names, print);
  return 0;
}

/** The passwords of the users who are there are in their lines, and perhaps nowhere else on this machine. */
async function addUsers(clusters: readonly string[], named: string, print: Print): Promise<number> {
  const folder = resolve(named);
  const path = join(folder, 'users.acl');
  const before = await textOf(path);
  if (aclFileWith([], before, () => '') === null) {
    print(
      `Nothing was written: ${path} has no line of ${BOT_USER}. Copy the file from the Redis server into this folder, ` +
        'or write a whole one: name every cluster with --cluster.',
    );
    return 1;
  }
  const known = clustersIn(before);
  const names = clusters.filter((name) => !known.includes(name)).map(workerUser);
  const passwords = new Map<string, string>();
  for (const name of names) passwords.set(name, await passwordOf(folder, name));
  const text = aclFileWith(clusters, before, (name) => passwords.get(name) ?? '') ?? before;
  await replaceFile(path, text, 0o640);
  printUsers(path, folder, names, print);
  return 0;
}

/** Where redis-server's own account can read it; it cannot enter the folder of the passwords. */
const INSTALLED = '/etc/redis/users.acl';

function printUsers(path: string, folder: string, names: readonly string[], print: Print): void {
  print(`${path}: the users, with hashes of their passwords. Only you can read it here. On the Redis server, as root:`);
  print(`  install -m 0640 -o root -g redis ${path} ${INSTALLED}   # redis-server runs in the group redis`);
  print(`  redis.conf: aclfile ${INSTALLED}`);
  print('Then restart Redis: bot and workers connect again. To load a changed file without a restart: docs/redis.md.');
  for (const name of names) print(`${passwordPath(folder, name)}: the password of ${name}.`);
  print(
    'No other user can log in, not even `default`. Lines that you add for other users, such as administrators, are kept when you run this command again.',
  );
}

const passwordPath = (folder: string, name: string): string => join(folder, `${name}.password`);

const noPassword = (path: string): PlainFailure =>
  new PlainFailure('no-password', {
    where: path,
    what: 'The file is empty.',
    next: 'Delete the file, or write a password into it.',
  });

/** The password in the user's file, which is created with a random one when missing. */
async function passwordOf(folder: string, name: string): Promise<string> {
  const path = passwordPath(folder, name);
  const fresh = randomBytes(32).toString('hex');
  try {
    await writeFile(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const known = (await readFile(path, 'utf8')).trim();
  if (known === '') throw noPassword(path);
  return known;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
