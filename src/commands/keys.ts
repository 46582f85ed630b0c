import { join } from 'node:path';
import { loadTrustedKeys } from '../adapters/keys/files.ts';
import { type KeyFile, type KeyOwner, keyFileAt, keyFilesIn, retireKey, writeNewPair } from '../adapters/keys/store.ts';
import { clustersOf, workerKeysOf } from '../config/bot-clusters.ts';
import { BotFile } from '../config/bot-config.ts';
import { readConfig } from '../config/read-config.ts';
import { WorkerFile } from '../config/worker-config.ts';
import { keyAgeInWords } from '../domain/answers/key-age.ts';
import { orExplained, type Print } from './explained.ts';

/** `registry-ha keys new`: writes a new key pair and prints where each half belongs; returns the exit code. */
export async function newKeys(owner: KeyOwner, folder: string, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const { name, privatePath, publicPath } = await writeNewPair(owner, folder, now);
    const [holder, truster] =
      owner === 'bot'
        ? ['the bot', 'each worker’s trustedKeys']
        : ['the worker', 'the bot’s workerKeys of its cluster'];
    print(`Key ${name}: ${privatePath} for ${holder} (keep it secret), ${publicPath} for ${truster}.`);
    return 0;
  });
}

/** What `keys list` reads: a folder, or the files that a configuration names. */
export interface KeysPlace {
  readonly folder?: string;
  readonly bot?: string;
  readonly worker?: string;
}

/** `registry-ha keys list`: prints name, age and purpose of each key; returns the exit code. */
export async function listKeys({ folder, bot, worker }: KeysPlace, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const listed = [
      ...(folder === undefined ? [] : await inFolder(folder)),
      ...(bot === undefined ? [] : await ofBot(bot)),
      ...(worker === undefined ? [] : await ofWorker(worker)),
    ];
    if (listed.length === 0) print(noKey(folder));
    for (const { key, means } of listed) print(`${key.name}  ${keyAgeInWords(key, now)}  ${means}  ${key.path}`);
    return listed.length === 0 ? 1 : 0;
  });
}

const noKey = (folder: string | undefined): string =>
  folder === undefined
    ? 'Name the keys to list with `--folder FOLDER`, `--bot bot.yaml` or `--worker worker.yaml`.'
    : `No key files (*.key, *.pub) in ${folder}. Create a pair with \`registry-ha keys new\`.`;

interface Listed {
  readonly key: KeyFile;
  readonly means: string;
}

async function inFolder(folder: string): Promise<readonly Listed[]> {
  return (await keyFilesIn(folder)).map((key) => ({
    key,
    means:
      key.half === 'private'
        ? `${key.owner}: signs`
        : `${key.owner}: trusted by every process that is configured with this folder`,
  }));
}

async function ofBot(path: string): Promise<readonly Listed[]> {
  const config = readConfig(path, BotFile, {}, {});
  const own = await keyFileAt(config.approval.keyFile);
  const former = await trusted(config.approval.formerKeys, 'former key of this bot; its entries are still accepted');
  const workers = clustersOf(config, path).map((cluster) =>
    trusted(workerKeysOf(cluster), `trusted by this bot as the worker of ${cluster.name}`),
  );
  const means = 'signing key of this bot; trusted by workers with its public key in trustedKeys';
  return [{ key: own, means }, ...former, ...(await Promise.all(workers)).flat()];
}

async function ofWorker(path: string): Promise<readonly Listed[]> {
  const config = readConfig(path, WorkerFile, {}, {});
  const own = await keyFileAt(config.keyFile);
  const means = `signing key of the worker of ${config.cluster}; trusted by bots with its public key in workerKeys`;
  const former = await trusted(config.formerKeys, 'former key of this worker; its seals are still checked');
  const bots = await trusted(
    config.trustedKeys,
    `trusted by the worker of ${config.cluster}; its approvals are accepted`,
  );
  return [{ key: own, means }, ...former, ...bots];
}

async function trusted(paths: readonly string[], means: string): Promise<readonly Listed[]> {
  const keys = await loadTrustedKeys(paths);
  return await Promise.all(keys.map(async ({ path }) => ({ key: await keyFileAt(path), means })));
}

/** `registry-ha keys retire`: moves a key out of a trust folder and prints the consequences; returns the exit code. */
export async function retireKeys(name: string, folder: string, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const key = await retireKey(name, folder);
    print(`Key ${key.name} was moved to ${key.path}. Processes that use ${join(folder)} trust it until they restart.`);
    if (key.owner !== 'worker')
      print(
        'After the restart, workers reject approvals signed with this key if the change has not started. Ask for such a change again. Changes in progress continue from the journal.',
      );
    if (key.owner !== 'bot')
      print(
        'After the restart, bots reject what a worker signed with this key: the cards of open changes turn red. If the key was not stolen, restart only after these changes have ended.',
      );
    const left = (await keyFilesIn(folder)).filter(({ half }) => half === 'public').length;
    if (left === 0)
      print(`No public key is left in ${folder}. Processes that trust only this folder will not start again.`);
    return 0;
  });
}
