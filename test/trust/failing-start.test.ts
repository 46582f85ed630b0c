import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { newKeyPair } from '../../src/adapters/keys/pair.ts';
import { kubernetes } from '../../src/adapters/kube/kube.ts';
import { openLog } from '../../src/runtime/log.ts';
import { type RedisServer, startRedis } from '../fixtures/redis.ts';
import { startSentinels } from '../fixtures/sentinels.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';
import { leaks, PLANTED } from './planted.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const MANIFEST = join(import.meta.dirname, '../../manifest.yml');
const LIMIT_MS = 60_000;
let folder: string;
let slack: LocalSlack;
let redis: RedisServer;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-planted-'));
  slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery: { mode: 'socket' } });
  redis = await startRedis({
    folder,
    words: ['--requirepass', 'another'],
    login: { username: 'default', password: 'another' },
  });
  await lay('approval.key', newKeyPair().privateKeyPem);
  await lay('worker.pub', newKeyPair().publicKeyPem);
  await lay('policy.yaml', dump({ clusters: { lab: { approvers: { users: ['U0BOB', 'U0EVE'] } } } }));
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await redis?.close();
  await slack?.close();
  await removeFolder(folder);
});

async function lay(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

const SECRETS = {
  REGISTRY_HA_SLACK_BOT_TOKEN: PLANTED.botToken,
  REGISTRY_HA_SLACK_APP_TOKEN: PLANTED.appToken,
  REGISTRY_HA_SLACK_SIGNING_SECRET: PLANTED.signingSecret,
  REGISTRY_HA_REDIS_PASSWORD: PLANTED.redisPassword,
};

const bot = (more: object = {}) => ({
  slack: { apiUrl: slack.apiUrl },
  redis: { url: redis.url, username: 'default' },
  clusters: [{ name: 'lab', workerKeys: [join(folder, 'worker.pub')] }],
  policyFile: join(folder, 'policy.yaml'),
  approval: { keyFile: join(folder, 'approval.key') },
  health: { port: 0 },
  log: { level: 'debug' },
  ...more,
});

/** The output of a process until it ends or prints `last`. */
async function said(words: readonly string[], env: Readonly<Record<string, string>>, last?: RegExp): Promise<string> {
  const child = spawn(process.execPath, words, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
  const ended = once(child, 'close');
  try {
    if (last === undefined) await ended;
    else await expect.poll(() => text, { timeout: LIMIT_MS }).toMatch(last);
  } finally {
    child.kill('SIGKILL');
    await ended;
    running.delete(child);
  }
  return text;
}

const botSays = async (config: string, env: Readonly<Record<string, string>> = {}, last?: RegExp) =>
  await said([CLI, 'bot', '--config', await lay('bot.yaml', config)], { ...SECRETS, ...env }, last);

describe('a failing start hides', { timeout: 2 * LIMIT_MS }, () => {
  it('the token that Slack rejects', async () => {
    const text = await botSays(dump(bot()));
    expect(text).toMatch(/invalid_auth/);
    expect(leaks(text)).toEqual([]);
  });

  it('the password that Redis rejects', async () => {
    // Slack accepts the tokens; otherwise the bot could end before Redis answers.
    const env = {
      REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
      REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
      REGISTRY_HA_SLACK_SIGNING_SECRET: slack.signingSecret,
    };
    const refused = /(WRONGPASS|NOAUTH)[^\n]*"next":"Redis rejected the user or the password/;
    const text = await botSays(dump(bot()), env, refused);
    expect(leaks(text)).toEqual([]);
    for (const secret of Object.values(env)) expect(text).not.toContain(secret);
  });

  it('the password that the Sentinels reject', async () => {
    const sentinels = await startSentinels(folder, 'lab', redis.port, () => ['requirepass another']);
    try {
      const env = {
        REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
        REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
        REGISTRY_HA_SENTINEL_PASSWORD: PLANTED.sentinelPassword,
      };
      const at = sentinels.hosts.map(({ host, port }) => `${host}:${port}`);
      const config = bot({ redis: { sentinels: at, sentinelName: 'lab', sentinelUsername: 'default' } });
      const text = await botSays(dump(config), env, /"next":"The Sentinels reject the login: compare redis\.sentinel/);
      expect(text).toContain('The Sentinels reject the login.');
      expect(leaks(text)).toEqual([]);
    } finally {
      await sentinels.close();
    }
  });

  it('the password in the URL of an unreachable Redis', async () => {
    const url = `redis://me:${PLANTED.urlPassword}@127.0.0.1:1`;
    const env = {
      REGISTRY_HA_SLACK_BOT_TOKEN: slack.botToken,
      REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken,
      REGISTRY_HA_SLACK_SIGNING_SECRET: slack.signingSecret,
      REGISTRY_HA_REDIS_PASSWORD: '',
    };
    const text = await botSays(dump(bot({ redis: { url } })), env, /ECONNREFUSED/);
    expect(leaks(text)).toEqual([]);
  });

  it.each([
    ['is not YAML', `slack: {token: ${PLANTED.botToken}\npassword: ${PLANTED.urlPassword}\n`],
    [
      'holds a secret under a wrong key',
      `redis: { url: 'redis://a:${PLANTED.urlPassword}@b' }\ntoken: ${PLANTED.botToken}\n`,
    ],
    ['has a secret instead of a URL', `redis: { url: ${PLANTED.botToken} }\nclusters: ${PLANTED.jwt}\n`],
    ['has a key in it', dump({ redis: { url: 1 }, approval: PLANTED.key })],
  ])('the content of a configuration that %s', async (_what, config) => {
    const text = await botSays(config);
    expect(text).toContain('Invalid configuration');
    expect(leaks(text)).toEqual([]);
  });

  it('the content of an invalid key file', async () => {
    const keyFile = await lay('no.key', PLANTED.key);
    const text = await botSays(dump(bot({ approval: { keyFile } })));
    expect(text).toContain('The key is not an Ed25519 key in PEM');
    expect(leaks(text)).toEqual([]);
  });

  it('the content of a kubeconfig that is not YAML', async () => {
    const text = `users: [{ user: { token: ${PLANTED.kubeToken},\n client-key-data: ${PLANTED.urlPassword}x\n`;
    const kube = kubernetes({ kubeconfigPath: await lay('kubeconfig', text) });
    const lines: string[] = [];
    const log = openLog('info', 'test', [], (line) => lines.push(line));
    await kube.look(AbortSignal.timeout(LIMIT_MS)).catch((err: unknown) => log.error({ err }, 'It broke'));
    await kube.close();
    expect(lines.join('')).toContain('cannot be read');
    expect(leaks(lines.join(''))).toEqual([]);
  });

  it('the secrets in an unhandled error', async () => {
    const [log, run] = ['runtime/log.ts', 'runtime/run-process.ts'].map((name) =>
      join(import.meta.dirname, '../../src', name),
    );
    const script = `
      import { openLog } from ${JSON.stringify(log)};
      import { runProcess } from ${JSON.stringify(run)};
      const secrets = [];
      const { redisPassword, sentinelPassword, signingSecret, ...other } = JSON.parse(process.env.PLANTED);
      await runProcess(async () => {
        secrets.push(redisPassword, sentinelPassword, signingSecret);
        setTimeout(() => {
          const options = { headers: { authorization: 'Bearer ' + other.kubeToken }, args: [redisPassword, sentinelPassword, signingSecret] };
          throw Object.assign(new Error('broke ' + JSON.stringify(other)), { options, ...other, redisPassword }, { cause: new Error(redisPassword) });
        }, 10);
        return { stop: async () => undefined };
      }, openLog('info', 'test', secrets));`;
    const text = await said(['--input-type=module-typescript', '-e', script], { PLANTED: JSON.stringify(PLANTED) });
    expect(text).toContain('Unhandled error');
    expect(leaks(text)).toEqual([]);
  });
});
