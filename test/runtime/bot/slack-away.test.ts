import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { expect, it, vi } from 'vitest';
import { OPS, PEOPLE } from '../../../sandbox/people.ts';
import { startLocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { startBot } from '../../../src/bot.ts';
import { botConfig } from '../../../src/config/bot-config.ts';
import { fleetFiles } from '../../../src/config/fleet-files.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { startRedis } from '../../fixtures/redis.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const MANIFEST = join(import.meta.dirname, '../../../manifest.yml');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP port was expected');
  return address.port;
}

it('a bot that waits for Slack says so at /readyz, is ready once Slack answers, and then names what it knows to be wrong', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-slack-away-'));
  const delivery = { mode: 'socket' } as const;
  const slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery });
  const [redis, port] = [await startRedis({ folder }), await freePort()];
  const lay = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const config = {
    slack: { apiUrl: slack.apiUrl },
    redis: { url: redis.url },
    clusters: [{ name: 'lab', workerKeys: [await lay('worker.pub', newKeyPair().publicKeyPem)] }],
    policyFile: await lay('policy.yaml', dump({ clusters: { lab: { approvers: { users: ['U0BOB', 'U0EVE'] } } } })),
    approval: { keyFile: await lay('approval.key', newKeyPair().privateKeyPem) },
    health: { port },
  };
  const env = { REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken, REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken };
  const quiet = openLog('fatal', 'test', []);
  slack.fault('slack-5xx', []);
  const path = await lay('bot.yaml', dump(config));
  const starting = startBot(botConfig(path, env), quiet, fleetFiles(path, env));
  try {
    const says = async () => await (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
    await vi.waitFor(async () => expect(await says()).toBe('not ready: Slack is unreachable.\n'), PATIENT);
    slack.clearFault('slack-5xx');
    await vi.waitFor(async () => expect(await says()).toBe('ready\n'), PATIENT);
    const help = async () => {
      await slack.command('bob', '/registry-ha help');
      return JSON.stringify(slack.messages().filter(({ ephemeralFor }) => ephemeralFor === 'U0BOB'));
    };
    await vi.waitFor(
      async () => expect(await help()).toContain('The worker of lab has never sent a heartbeat.'),
      PATIENT,
    );
    expect(await help()).toContain('set appendonly yes.');
    const bot = await starting;
    await lay('policy.yaml', 'clusters: 7\n');
    await bot.reload();
    await vi.waitFor(async () => expect(await help()).toContain('The bot refuses its changed configuration'), PATIENT);
    await bot.stop();
  } finally {
    await Promise.all([slack.close(), redis.close()]);
    await removeFolder(folder);
  }
});
