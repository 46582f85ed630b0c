import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { bareEnvironment } from '../../../sandbox/place.ts';
import { program } from '../../../sandbox/processes/program.ts';
import { Service } from '../../../sandbox/processes/service.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

const OTHER_PORT = 9191;

const configSchema = z.looseObject({ health: z.looseObject({ host: z.string(), port: z.number() }) });

/** A second worker on the same state folder, as started by mistake. */
export async function secondWorker(sandbox: Sandbox, onPid: () => void): Promise<Service> {
  return await service('worker', join(sandbox.folder, 'worker.yaml'), {}, sandbox, onPid);
}

/** A second replica of the bot. */
export async function secondBot(sandbox: Sandbox, onPid: () => void): Promise<Service> {
  const { slack, folder } = sandbox;
  const config = configSchema.parse(load(await readFile(join(folder, 'bot.yaml'), 'utf8')));
  const path = join(folder, 'bot-2.yaml');
  await writeFile(path, dump({ ...config, health: { ...config.health, port: OTHER_PORT } }));
  const secrets = {
    REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
    REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
    REGISTRY_HA_SLACK_SIGNING_SECRET: slack.signingSecret,
  };
  return await service('bot', path, secrets, sandbox, onPid);
}

async function service(
  name: 'bot' | 'worker',
  config: string,
  secrets: Readonly<Record<string, string>>,
  { folder }: Sandbox,
  onPid: () => void,
): Promise<Service> {
  return new Service({
    name,
    program: process.execPath,
    args: [await program(), name, '--config', config],
    env: { ...bareEnvironment(process.env), ...secrets },
    logPath: join(folder, `${name}-2.log`),
    // The caller reads its log: a worker that waits for another one is never ready.
    isReady: async () => true,
    onPid,
    onDeath: () => undefined,
  });
}
