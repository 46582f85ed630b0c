import { join } from 'node:path';
import { loadTrustedKeys } from '../adapters/keys/files.ts';
import { type KeyFile, type KeyOwner, keyFileAt, keyFilesIn, retireKey, writeNewPair } from '../adapters/keys/store.ts';
import { BotFile, workerKeysOf } from '../config/bot-config.ts';
import { readConfig } from '../config/read-config.ts';
import { WorkerFile } from '../config/worker-config.ts';
import { count } from '../domain/text/format.ts';
import { orExplained } from './explained.ts';

type Print = (line: string) => void;

/** `registry-ha keys new`: writes a new pair and says where each half belongs; gives the exit code. */
export async function newKeys(owner: KeyOwner, folder: string, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const { name, privatePath, publicPath } = await writeNewPair(owner, folder, now);
    const [holder, truster] =
      owner === 'bot'
        ? ['the bot', "each worker's trustedKeys"]
        : ['the worker', "the bot's workerKeys of its cluster"];
    print(`Key ${name}: ${privatePath} for ${holder} (keep it secret), ${publicPath} for ${truster}.`);
    return 0;
  });
}

/** Where `keys list` looks: a folder, or the files that a configuration names. */
export interface KeysPlace {
  readonly folder?: string;
  readonly bot?: string;
  readonly worker?: string;
}

/** `registry-ha keys list`: name, age and meaning of each key; gives the exit code. */
export async function listKeys({ folder, bot, worker }: KeysPlace, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const listed = [
      ...(folder === undefined ? [] : await inFolder(folder)),
      ...(bot === undefined ? [] : await ofBot(bot)),
      ...(worker === undefined ? [] : await ofWorker(worker)),
    ];
    if (listed.length === 0) print(noKey(folder));
    for (const { key, means } of listed) print(`${key.name}  ${age(key.made, now)}  ${means}  ${key.path}`);
    return listed.length === 0 ? 1 : 0;
  });
}

const noKey = (folder: string | undefined): string =>
  folder === undefined
    ? 'No key: name a place with --folder, --bot bot.yaml or --worker worker.yaml.'
    : `No key in ${folder}: keys are files *.key and *.pub right in it. \`registry-ha keys new\` makes a pair.`;

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
        : `${key.owner}: trusted by whoever is configured with this folder`,
  }));
}

async function ofBot(path: string): Promise<readonly Listed[]> {
  const config = readConfig(path, BotFile, {}, {});
  const own = await keyFileAt(config.approval.keyFile);
  const former = await trusted(config.approval.formerKeys, 'this bot signed with it before; its entries still count');
  const workers = config.clusters.map((cluster) =>
    trusted(workerKeysOf(cluster), `trusted by this bot as the worker of ${cluster.name}`),
  );
  const means = 'this bot signs with it; workers trust it that have its public half in trustedKeys';
  return [{ key: own, means }, ...former, ...(await Promise.all(workers)).flat()];
}

async function ofWorker(path: string): Promise<readonly Listed[]> {
  const config = readConfig(path, WorkerFile, {}, {});
  const own = await keyFileAt(config.keyFile);
  const means = `the worker of ${config.cluster} signs with it; a bot trusts it that has its public half in workerKeys`;
  const former = await trusted(config.formerKeys, 'this worker signed with it before; its seals are still checked');
  const bots = await trusted(config.trustedKeys, `trusted by the worker of ${config.cluster}: its approvals count`);
  return [{ key: own, means }, ...former, ...bots];
}

async function trusted(paths: readonly string[], means: string): Promise<readonly Listed[]> {
  const keys = await loadTrustedKeys(paths);
  return await Promise.all(keys.map(async ({ path }) => ({ key: await keyFileAt(path), means })));
}

function age(made: Date, now: Date): string {
  const days = Math.max(0, Math.floor((now.getTime() - made.getTime()) / (24 * 3_600_000)));
  return `${made.toISOString().slice(0, 10)} (${count(days, 'day')})`;
}

/** `registry-ha keys retire`: takes a key out of a trust folder and says what that means; gives the exit code. */
export async function retireKeys(name: string, folder: string, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const key = await retireKey(name, folder);
    print(`Key ${key.name} is in ${key.path} now. Whoever reads ${join(folder)} trusts it until his next restart.`);
    if (key.owner !== 'worker')
      print(
        'After that, approvals signed with it that have not been started are refused (ask again); what has begun goes on by the journal.',
      );
    if (key.owner !== 'bot')
      print(
        'After that, what a worker signed with it is not believed: cards of changes that have not ended turn red. Exchanging a key that nobody stole, wait for their end.',
      );
    const left = (await keyFilesIn(folder)).filter(({ half }) => half === 'public').length;
    if (left === 0) print(`No public key is left in ${folder}: who trusts this folder only will not start again.`);
    return 0;
  });
}
