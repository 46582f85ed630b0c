import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { bareEnvironment } from '../../../sandbox/place.ts';
import { program } from '../../../sandbox/processes/program.ts';
import { Service } from '../../../sandbox/processes/service.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

/** Of the second process; each further replica has the next one. */
const OTHER_PORT = 9191;
const LOOK_LIMIT_MS = 2_000;

const configSchema = z.looseObject({ health: z.looseObject({ host: z.string(), port: z.number() }) });

/** A second worker on the same state folder, as started by mistake. */
export async function secondWorker(sandbox: Sandbox, onPid: () => void): Promise<Service> {
  return await service('worker', join(sandbox.folder, 'worker.yaml'), {}, sandbox, onPid);
}

/** A second replica of the bot. */
export const secondBot = (sandbox: Sandbox, onPid: () => void): Promise<Service> => replicaOfBot(2, sandbox, onPid);

/** The n-th replica of the bot, with the first one's configuration and key. */
export async function replicaOfBot(n: number, sandbox: Sandbox, onPid: () => void): Promise<Service> {
  const { slack, folder } = sandbox;
  const config = configSchema.parse(load(await readFile(join(folder, 'bot.yaml'), 'utf8')));
  const path = join(folder, `bot-${n}.yaml`);
  const health = { ...config.health, port: OTHER_PORT + n - 2 };
  await writeFile(path, dump({ ...config, health }));
  const secrets = {
    REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
    REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
    REGISTRY_HA_SLACK_SIGNING_SECRET: slack.signingSecret,
  };
  const isReady = async () => {
    const url = `http://${health.host}:${health.port}/readyz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).catch(() => null);
    return answer?.ok === true;
  };
  return await service('bot', path, secrets, sandbox, onPid, { logName: `bot-${n}`, isReady });
}

async function service(
  name: 'bot' | 'worker',
  config: string,
  secrets: Readonly<Record<string, string>>,
  { folder }: Sandbox,
  onPid: () => void,
  // The caller reads its log: a worker that waits for another one is never ready.
  { logName, isReady }: Shown = { logName: `${name}-2`, isReady: async () => true },
): Promise<Service> {
  return new Service({
    name,
    program: process.execPath,
    args: [await program(), name, '--config', config],
    env: { ...bareEnvironment(process.env), ...secrets },
    logPath: join(folder, `${logName}.log`),
    isReady,
    onPid,
    onDeath: () => undefined,
  });
}

interface Shown {
  readonly logName: string;
  readonly isReady: () => Promise<boolean>;
}
