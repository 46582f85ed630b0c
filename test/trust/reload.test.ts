import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { newKeyPair } from '../../src/adapters/keys/pair.ts';
import { PATIENT } from '../fixtures/patience.ts';
import { type RedisServer, startRedis } from '../fixtures/redis.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const MANIFEST = join(import.meta.dirname, '../../manifest.yml');
const [ALICE] = PEOPLE;

let folder: string;
let slack: LocalSlack;
let redis: RedisServer;
let bot: ChildProcess;
let port: number;
let log = '';

const at = (name: string) => join(folder, name);
const cluster = (name: string, channels: readonly string[]) =>
  writeFile(at(`clusters.d/${name}.yaml`), JSON.stringify({ name, channels, workerKeys: [at(`${name}.pub`)] }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-sighup-'));
  await mkdir(at('clusters.d'));
  slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery: { mode: 'socket' } });
  redis = await startRedis({ folder, appendonly: true });
  port = await freePort();
  for (const owner of ['bot', 'lab', 'prod', 'new']) {
    const { privateKeyPem, publicKeyPem } = newKeyPair();
    await writeFile(at(`${owner}.key`), privateKeyPem, { mode: 0o600 });
    await writeFile(at(`${owner}.pub`), publicKeyPem);
  }
  const people = { requesters: { users: [ALICE.id] }, approvers: { users: ['U0BOB'] } };
  await writeFile(at('policy.yaml'), JSON.stringify({ defaults: people }));
  await cluster('lab', [OPS.id]);
  await cluster('prod', []);
  const config = {
    slack: { apiUrl: slack.apiUrl },
    redis: { url: redis.url },
    clustersDir: 'clusters.d',
    approval: { keyFile: at('bot.key') },
    health: { port },
  };
  await writeFile(at('bot.yaml'), JSON.stringify(config));
  bot = spawn(process.execPath, [CLI, 'bot', '--config', at('bot.yaml')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
      REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  bot.stdout?.on('data', (data: Buffer) => {
    log += data.toString();
  });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200), PATIENT);
}, 2 * PATIENT.timeout);

afterAll(async () => {
  if (bot?.exitCode === null) bot.kill('SIGKILL');
  await slack?.close();
  await redis?.close();
  await removeFolder(folder);
});

const texts = () =>
  slack.messages().map(({ text, ephemeralFor }) => `${ephemeralFor === undefined ? '' : 'to one: '}${text}`);
const says = (what: RegExp) => vi.waitFor(() => expect(texts().join('\n')).toMatch(what), PATIENT);
const logged = (what: RegExp) => vi.waitFor(() => expect(log).toMatch(what), PATIENT);

describe('SIGHUP to the bot', { timeout: 3 * PATIENT.timeout }, () => {
  it('serves a new cluster, and tells the channel of a removed one that it is gone', async () => {
    await rm(at('clusters.d/lab.yaml'));
    bot.kill('SIGHUP');
    await logged(/"removed":\["lab"\]/);
    await slack.command(ALICE.id, '/registry-ha add node-2');
    await says(/to one: .*The bot serves no cluster lab\..*Clusters: prod\./s);
    await cluster('new', [OPS.id]);
    bot.kill('SIGHUP');
    await logged(/"added":\["new"\]/);
    await slack.command(ALICE.id, '/registry-ha status');
    await says(/to one: .*new/s);
    await slack.command(ALICE.id, '/registry-ha add node-2');
    await vi.waitFor(
      () =>
        expect(
          slack
            .messages()
            .some(
              ({ text, author, ephemeralFor }) => author.isBot && ephemeralFor === undefined && text.includes('new'),
            ),
        ).toBe(true),
      PATIENT,
    );
  });

  it('keeps the old state when a file has a mistake, says why in one line, and shows it as a metric', async () => {
    await writeFile(at('clusters.d/bad.yaml'), 'name: Bad\n');
    bot.kill('SIGHUP');
    await logged(/bad\.yaml:"," {2}- name: use lower-case letters.*the bot continues with the one before/);
    const metric = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await metric()).toContain('registry_ha_configuration_in_force 0');
    const before = texts().length;
    await slack.command(ALICE.id, '/registry-ha status --cluster prod');
    await vi.waitFor(() => expect(texts().length).toBeGreaterThan(before), PATIENT);
    expect(texts().at(-1)).toContain('prod');
    await rm(at('clusters.d/bad.yaml'));
    // Without a signal: by the watch of the files.
    await vi.waitFor(async () => expect(await metric()).toContain('registry_ha_configuration_in_force 1'), PATIENT);
  });

  it('does not keep the bot from its clean end', async () => {
    bot.kill('SIGTERM');
    expect(await once(bot, 'exit')).toEqual([0, null]);
  });
});
