import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadTrustedKey } from '../../adapters/keys/files.ts';
import { newWorkerFile, REDIS_CA } from '../../config/new-files.ts';
import { caText } from '../../config/redis-config.ts';
import { orExplained, type Print } from '../explained.ts';
import { newKeys } from '../keys.ts';
import { type NewFile, placeFiles, placeFolder } from './place-files.ts';

/** The words of `registry-ha init worker`. */
export interface InitWorker {
  readonly cluster: string;
  readonly redisUrl: string;
  /** The certificate of the authority that signed Redis' certificate, for TLS. */
  readonly redisCa?: string;
  /** The password file of the cluster's user, as `registry-ha redis acl` writes it. */
  readonly redisPasswordFile?: string;
  /** The bot's public key. */
  readonly botKey?: string;
  readonly folder: string;
}

/** Writes a worker's configuration and keys; returns the exit code. Nothing is written unless everything is right. */
export async function initWorker(wanted: InitWorker, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const folder = resolve(wanted.folder);
    const { cluster, redisUrl, redisCa, redisPasswordFile, botKey } = wanted;
    const yaml = newWorkerFile({ cluster, redisUrl, isCaKnown: redisCa !== undefined, folder });
    const files: readonly NewFile[] = [
      { path: join(folder, 'worker.yaml'), text: yaml, mode: 0o644 },
      ...(redisCa === undefined ? [] : [{ path: join(folder, REDIS_CA), text: caText(redisCa), mode: 0o644 }]),
      ...(redisPasswordFile === undefined
        ? []
        : [{ path: join(folder, 'redis-password'), text: await readFile(redisPasswordFile, 'utf8'), mode: 0o600 }]),
      ...(botKey === undefined
        ? []
        : [{ path: join(folder, 'approval.pub'), text: await publicKey(botKey), mode: 0o644 }]),
    ];
    await placeFolder(folder);
    await placeFiles(files, print);
    const key = join(folder, 'worker.key');
    if (await isThere(key)) print(`kept     ${key}`);
    else if ((await newKeys('worker', folder, now, print)) !== 0) return 1;
    for (const line of await nextSteps(cluster, folder)) print(line);
    return 0;
  });
}

const publicKey = async (path: string): Promise<string> => (await loadTrustedKey(path)).publicKeyPem;

async function nextSteps(cluster: string, folder: string): Promise<readonly string[]> {
  const missing = [
    ['redis-password', `Copy registry-ha-worker-${cluster}.password of \`registry-ha redis acl\``, '0600'],
    ['approval.pub', 'Copy the bot’s public key', '0644'],
  ] as const;
  const steps: string[] = [];
  for (const [name, says, mode] of missing)
    if (!(await isThere(join(folder, name)))) steps.push(`${says} to ${join(folder, name)}, with mode ${mode}.`);
  steps.push(
    `Copy ${join(folder, 'worker.pub')} to the bot, into its folder workers/${cluster}, then restart the bot.`,
    'Start the worker: `systemctl enable --now registry-ha-worker`.',
    'Check everything: `registry-ha doctor worker`.',
  );
  return ['', 'Next:', ...steps.map((step, at) => `${at + 1}. ${step}`)];
}

const isThere = async (path: string): Promise<boolean> =>
  await access(path).then(
    () => true,
    () => false,
  );
