import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { newKeyPairFiles } from '../../adapters/keys/store.ts';
import { BOT_USER, workerUser } from '../../adapters/redis/acl/acl.ts';
import { newBotFiles, REDIS_CA } from '../../config/new-files.ts';
import { caText } from '../../config/redis-config.ts';
import { orExplained, type Print } from '../explained.ts';
import { redisCommand } from '../redis.ts';
import { placeFiles, placeFolder, placeSecretFolder } from './place-files.ts';

/** The words of `registry-ha init bot`. */
export interface InitBot {
  readonly cluster: readonly string[];
  readonly redisUrl: string;
  /** The certificate of the authority that signed Redis' certificate, for TLS. */
  readonly redisCa?: string;
  readonly channel: readonly string[];
  readonly requester: readonly string[];
  readonly approver: readonly string[];
  readonly approvals: number;
  readonly folder: string;
  /** The same folder as the bot sees it. */
  readonly at: string;
}

/** The user of the image. */
const IMAGE_USER = 10_001;

/** Writes a bot's configuration, policy, key and Redis users; returns the exit code. Nothing is written unless everything is right. */
export async function initBot(wanted: InitBot, now: Date, print: Print): Promise<number> {
  return await orExplained(print, async () => {
    const folder = resolve(wanted.folder);
    const clusters = [...new Set(wanted.cluster)];
    const { redisUrl, channel: channels, requester: requesters, approver: approvers, approvals, at } = wanted;
    const { redisCa } = wanted;
    const ca = redisCa === undefined ? [] : [{ path: join(folder, REDIS_CA), text: caText(redisCa), mode: 0o644 }];
    const redisTo = { redisUrl, isCaKnown: redisCa !== undefined };
    const { bot, policy } = newBotFiles({ clusters, ...redisTo, channels, requesters, approvers, approvals, at });
    for (const one of [folder, ...clusters.map((name) => join(folder, 'workers', name))]) await placeFolder(one);
    await placeSecretFolder(join(folder, 'secrets'), IMAGE_USER);
    const redis = join(folder, 'redis');
    if ((await redisCommand('acl', { cluster: clusters, folder: redis }, () => undefined)) !== 0)
      return await redisCommand('acl', { cluster: clusters, folder: redis }, print);
    const password = await readFile(join(redis, `${BOT_USER}.password`), 'utf8');
    const key = await ownKey(folder, now);
    await placeFiles(
      [
        { path: join(folder, 'bot.yaml'), text: bot, mode: 0o644 },
        { path: join(folder, 'policy.yaml'), text: policy, mode: 0o644 },
        { path: join(folder, 'approval.key'), text: key.privateText, mode: 0o400, owner: IMAGE_USER },
        { path: join(folder, 'approval.pub'), text: key.publicText, mode: 0o644 },
        ...ca,
        { path: join(folder, 'secrets/redis-password'), text: password, mode: 0o400, owner: IMAGE_USER },
      ],
      print,
    );
    for (const line of nextSteps(clusters, folder)) print(line);
    return 0;
  });
}

/** A key that is there stays, with its public half. */
async function ownKey(folder: string, now: Date) {
  const path = join(folder, 'approval.key');
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return newKeyPairFiles('bot', now, isThere ? await readFile(path, 'utf8') : undefined);
}

function nextSteps(clusters: readonly string[], folder: string): readonly string[] {
  const secret = (name: string) => `install -m 0400 -o ${IMAGE_USER} /dev/stdin ${join(folder, 'secrets', name)}`;
  const steps = [
    `Store each Slack token (paste it, then Ctrl-D): \`${secret('slack-bot-token')}\` for xoxb-…, \`${secret('slack-app-token')}\` for xapp-….`,
    `Give Redis its users: install ${join(folder, 'redis/users.acl')} as docs/install.md, step 2, says.`,
    ...clusters.map(
      (name) =>
        `On the bootstrap node of ${name}: \`registry-ha init worker\`, with ${join(folder, 'approval.pub')} and ${join(folder, 'redis', `${workerUser(name)}.password`)}.`,
    ),
    `Copy each worker.pub into ${join(folder, 'workers')}, below the cluster’s name.`,
    `Read what the policy means: \`registry-ha policy check ${join(folder, 'policy.yaml')}\`.`,
    'Start the bot: docs/install.md, step 5. Then check everything: `registry-ha doctor bot`.',
  ];
  return ['', 'Next:', ...steps.map((step, at) => `${at + 1}. ${step}`)];
}
