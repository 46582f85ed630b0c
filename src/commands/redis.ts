import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../adapters/files/replace-file.ts';
import { aclFile, aclUsers, clustersIn, workerUser } from '../adapters/redis/acl/acl.ts';
import { PlainFailure } from '../domain/answers/failure.ts';
import { isClusterName } from '../domain/cluster/cluster-name.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { listed } from '../domain/text/format.ts';
import { orExplained, type Print } from './explained.ts';

/** `registry-ha redis acl`: writes users.acl and missing passwords into a folder; returns the exit code. */
export async function redisCommand(
  verb: string,
  { cluster: clusters, folder }: { readonly cluster: readonly string[]; readonly folder: string },
  print: Print,
): Promise<number> {
  if (verb !== 'acl') {
    print('Use `registry-ha redis acl --cluster NAME --folder FOLDER`.');
    return 2;
  }
  const wrong = clusters.filter((name) => !isClusterName(name));
  if (wrong.length > 0) {
    const names = wrong.map((name) => JSON.stringify(name)).join(', ');
    print(`Invalid cluster name: ${names}. Use lower-case letters, digits and hyphens.`);
    return 2;
  }
  return await orExplained(print, () => writeUsers([...new Set(clusters)], folder, print));
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

/** Where redis-server's own account can read it; it cannot enter the folder of the passwords. */
const INSTALLED = '/etc/redis/users.acl';

function printUsers(path: string, folder: string, names: readonly string[], print: Print): void {
  print(`${path}: the users, with hashes of their passwords. Only you can read it here. On the Redis server, as root:`);
  print(`  install -m 0640 -o root -g redis ${path} ${INSTALLED}   # redis-server runs in the group redis`);
  print(`  redis.conf: aclfile ${INSTALLED}`);
  print('Then restart Redis, or after a change run `redis-cli ACL LOAD`.');
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
