import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../adapters/files/replace-file.ts';
import { aclFile, aclUsers, clustersIn, workerUser } from '../adapters/redis/acl/acl.ts';
import { PlainFailure } from '../domain/answers/failure.ts';
import { isClusterName } from '../domain/cluster/cluster-name.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { listed } from '../domain/text/format.ts';
import { orExplained } from './explained.ts';

type Print = (line: string) => void;

/** `registry-ha redis acl`: writes users.acl and the passwords that are not there yet into a folder; gives the exit code. */
export async function redisCommand(
  verb: string,
  { cluster: clusters, folder }: { readonly cluster: readonly string[]; readonly folder: string },
  print: Print,
): Promise<number> {
  if (verb !== 'acl') {
    print(`registry-ha redis ${verb}: there is only \`registry-ha redis acl --cluster NAME --folder FOLDER\`.`);
    return 2;
  }
  const wrong = clusters.filter((name) => !isClusterName(name));
  if (wrong.length > 0) {
    print(
      `${wrong.map((name) => JSON.stringify(name)).join(', ')}: a cluster's name has lower-case letters, digits and hyphens.`,
    );
    return 2;
  }
  return await orExplained(print, () => writeUsers([...new Set(clusters)], folder, print));
}

async function writeUsers(clusters: readonly string[], folder: string, print: Print): Promise<number> {
  const path = join(folder, 'users.acl');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const before = await textOf(path);
  const leftOut = clustersIn(before).filter((name) => !clusters.includes(name));
  if (leftOut.length > 0) {
    print(lockingOut(path, leftOut, clusters));
    return 1;
  }
  const names = aclUsers(clusters, () => '').map(({ name }) => name);
  const passwords = new Map<string, string>();
  for (const name of names) passwords.set(name, await passwordOf(folder, name));
  const users = aclUsers(clusters, (name) => passwords.get(name) ?? '');
  // Redis may read the file at any moment.
  await replaceFile(path, aclFile(users, before), 0o640);
  tell(path, folder, names, print);
  return 0;
}

/** The file is written whole: bot and worker of a cluster that is not named would be locked out at the next ACL LOAD. */
function lockingOut(path: string, leftOut: readonly string[], clusters: readonly string[]): string {
  const users = listed(leftOut.map(workerUser));
  return [
    `${path} also has ${users}, and only ${listed(clusters)} ${clusters.length === 1 ? 'was' : 'were'} named: nothing was written.`,
    `Name every cluster: --cluster ${[...leftOut, ...clusters].join(' ')}. To take one out for good, remove its worker’s line from the file first.`,
  ].join(' ');
}

function tell(path: string, folder: string, names: readonly string[], print: Print): void {
  print(
    `${path}: for redis.conf: aclfile ${path} (and after a change: redis-cli ACL LOAD). Passwords stand in it as hashes.`,
  );
  for (const name of names) print(`${passwordPath(folder, name)}: the password of ${name}.`);
  print(
    'Nobody else can log in, `default` neither. Lines of your own for other users (administrators) are kept when this is run again.',
  );
}

const passwordPath = (folder: string, name: string): string => join(folder, `${name}.password`);

const noPassword = (path: string): PlainFailure =>
  new PlainFailure('no-password', {
    where: path,
    what: 'It holds no password.',
    next: 'Remove it, or write one into it.',
  });

/** The password in the user's file; a new one where there is none. */
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
