import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { botConfig } from '../../src/config/bot-config.ts';
import { WrongConfig } from '../../src/config/read-config.ts';
import { redisAddress } from '../../src/config/redis-config.ts';
import { redisUrl } from '../../src/config/redis-url.ts';
import { workerConfig } from '../../src/config/worker-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secrets = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
const example = (name: string) => join(import.meta.dirname, '../../examples', name);

function file(text: string): string {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

function mistakes(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof WrongConfig) return error.mistakes;
    throw error;
  }
}

describe('configuration', () => {
  it('accepts the examples', () => {
    expect(botConfig(example('bot.yaml'), secrets).policies.get('lab')?.verbs.undo.approvals).toBe(2);
    expect(workerConfig(example('worker.yaml'), {}).kubeconfig).toBe('/etc/kubernetes/admin.conf');
  });

  it.each([
    ['redis://bot:x@::1:6379', /brackets: redis:\/\/\[::1\]:6379/],
    ['redis://[::1', /brackets/],
    ['redis://redis:6379/zero', /number of a database/],
    ['redis://redis:6379/0/1', /number of a database/],
    ['redis://redis:99999', /redis:\/\/host:port/],
  ])('says what is wrong with the address %s of Redis, and never prints its password', (url, says) => {
    const [wrong] = mistakes(() => workerConfig(file(`cluster: lab\nredis: { url: '${url}' }\n`), {}));
    expect(wrong).toMatch(/^redis\.url: /);
    expect(wrong).toMatch(says);
    expect(wrong).not.toContain(':x@');
  });

  it.each(['redis://[::1]:6379', 'rediss://u:p@[fd00::1]:6380/3', 'redis://redis', 'redis://redis:6379/'])(
    'accepts the address %s of Redis',
    (url) => {
      expect(workerConfig(file(`cluster: lab\nredis: { url: '${url}' }\n`), {}).redis.url).toBe(url);
    },
  );

  it('takes secrets without the white space, the line breaks and the mark of an editor around them', () => {
    const path = example('bot.yaml');
    for (const around of ['\n', '\r\n', ' \t\n', '\n\n']) {
      writeFileSync(join(folder, 'token'), `\uFEFF xoxb-1${around}`);
      const env = {
        REGISTRY_HA_SLACK_BOT_TOKEN_FILE: join(folder, 'token'),
        REGISTRY_HA_SLACK_APP_TOKEN: `xapp-1${around}`,
        REGISTRY_HA_REDIS_PASSWORD: `two words${around}`,
      };
      const read = botConfig(path, env).secrets;
      expect(read).toMatchObject({ botToken: 'xoxb-1', appToken: 'xapp-1', redisPassword: 'two words' });
    }
  });

  it('refuses a token of several words, which Slack could never know, and does not print it', () => {
    const env = { ...secrets, REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1\nxapp-2' };
    expect(mistakes(() => botConfig(example('bot.yaml'), env))).toEqual([
      'REGISTRY_HA_SLACK_APP_TOKEN has a space or a line break inside. Store the token alone, on one line.',
    ]);
  });

  it('reports every mistake at once, each with its key', () => {
    const path = file(
      'redis: { url: localhost }\nclusters: [{ name: Lab, policy: { approvers: [] } }]\napproval: { livesMinutes: 5 }\nretries: 3\n',
    );
    const told = mistakes(() => botConfig(path, secrets));
    expect(told.join('\n')).toMatch(/redis\.url: .*redis:\/\/host:port/);
    expect(told.join('\n')).toMatch(/clusters\.0\.name: /);
    expect(told.join('\n')).toMatch(/clusters\.0\.policy: .*policyFile/);
    expect(told.join('\n')).toMatch(/approval\.livesMinutes: .*approvalLivesMinutes/);
    expect(told.join('\n')).toMatch(/retries/);
  });

  it('lets the environment override single keys, so that one file serves several replicas', () => {
    const config = botConfig(example('bot.yaml'), {
      ...secrets,
      REGISTRY_HA_REDIS_URL: 'rediss://other:6380',
      REGISTRY_HA_HEALTH_PORT: '0',
    });
    expect(config.redis.url).toBe('rediss://other:6380');
    expect(config.health.port).toBe(0);
  });

  it('reads secrets from files', () => {
    writeFileSync(join(folder, 'token'), 'xoxb-from-file\n');
    const env = { REGISTRY_HA_SLACK_BOT_TOKEN_FILE: join(folder, 'token'), REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
    expect(botConfig(example('bot.yaml'), env).secrets.botToken).toBe('xoxb-from-file');
  });

  it('reports the mistakes of the file, the policy and every secret at once', () => {
    const policy = join(folder, 'wrong-policy.yaml');
    writeFileSync(policy, 'clusters: { lab: { approvers: { users: [] } } }\n');
    const redis = `{ url: rediss://redis:6379, username: someone, tls: { ca: ${folder}/no.ca, key: ${folder}/no.key, cert: ${folder}/no.crt } }`;
    const path = file(`redis: ${redis}\nclusters: [{ name: lab }]\npolicyFile: ${policy}\n`);
    const told = mistakes(() => botConfig(path, { REGISTRY_HA_REDIS_PASSWORD_FILE: '/no/such' }, { isStarting: true }));
    expect(told.map((one) => one.split(' ')[0])).toEqual([
      'clusters.lab.approvers:',
      'REGISTRY_HA_SLACK_BOT_TOKEN',
      'REGISTRY_HA_SLACK_APP_TOKEN',
      'REGISTRY_HA_REDIS_PASSWORD_FILE',
      'redis.username:',
      ...['ca', 'cert', 'key'].map((name) => `redis.tls.${name}:`),
    ]);
    const wrongToo = file('cluster: lab\nredis: { url: redis://redis, username: someone }\nretries: 3\n');
    const env = { REGISTRY_HA_REDIS_PASSWORD_FILE: '/no/such' };
    expect(mistakes(() => workerConfig(wrongToo, env, { isStarting: true }))).toEqual([
      expect.stringContaining('retries'),
      expect.stringContaining('/no/such, which cannot be read'),
    ]);
  });

  it('names a missing secret and how to set it', () => {
    expect(mistakes(() => botConfig(example('bot.yaml'), {}))[0]).toContain('REGISTRY_HA_SLACK_BOT_TOKEN is missing');
  });

  it('explains a missing file and invalid YAML', () => {
    expect(mistakes(() => workerConfig(join(folder, 'nowhere.yaml'), {}))).toEqual([
      'no such file. Check the path, or start from the example in examples/.',
    ]);
    expect(mistakes(() => workerConfig(folder, {}))[0]).toMatch(/^cannot be read \(not a regular file\)/);
    expect(mistakes(() => workerConfig(file('a: [1'), {}))[0]).toContain('YAML');
  });

  it('requires absolute paths, because a service has no working folder', () => {
    const path = file('cluster: lab\nredis: { url: redis://127.0.0.1:6379 }\nkubeconfig: admin.conf\n');
    expect(mistakes(() => workerConfig(path, {})).join()).toContain('kubeconfig: write an absolute path');
  });

  it('refuses a user of Redis without a password, before Redis answers WRONGPASS for ever', () => {
    const redis = { url: 'redis://127.0.0.1:6379', username: 'registry-ha-bot' };
    for (const none of [undefined, ''])
      expect(mistakes(() => redisAddress(redis, { redisPassword: none }))).toEqual([
        expect.stringMatching(
          /^redis\.username: registry-ha-bot has no password\. Set REGISTRY_HA_REDIS_PASSWORD_FILE/,
        ),
      ]);
    expect(redisAddress(redis, { redisPassword: 'x' })).toMatchObject({
      url: 'redis://registry-ha-bot:x@127.0.0.1:6379',
    });
    expect(redisAddress({ ...redis, url: 'redis://:y@127.0.0.1:6379' }, {})).toMatchObject({
      url: expect.stringContaining(':y@'),
    });
    expect(redisAddress({ url: redis.url }, {})).toEqual({ url: redis.url });
  });

  it('keeps the login at the Sentinels apart from the one at the primary', () => {
    const redis = { sentinels: ['10.0.0.1:26379'], sentinelName: 'lab', username: 'registry-ha-bot' };
    const secrets = { redisPassword: 'x', sentinelPassword: 'y' };
    expect(redisAddress({ ...redis, sentinelUsername: 'finder' }, secrets)).toMatchObject({
      sentinels: { username: 'registry-ha-bot', password: 'x', at: { username: 'finder', password: 'y' } },
    });
    expect(redisAddress(redis, secrets)).toMatchObject({ sentinels: { at: { password: 'y' } } });
    for (const sentinelPassword of [undefined, ''])
      expect(redisAddress(redis, { redisPassword: 'x', sentinelPassword })).toMatchObject({ sentinels: { at: {} } });
  });

  it('refuses half a login at the Sentinels, and one without Sentinels', () => {
    const redis = { sentinels: ['10.0.0.1:26379'], sentinelName: 'lab', sentinelUsername: 'finder' };
    for (const sentinelPassword of [undefined, ''])
      expect(mistakes(() => redisAddress(redis, { sentinelPassword }))).toEqual([
        'redis.sentinelUsername: finder has no password. Set REGISTRY_HA_SENTINEL_PASSWORD_FILE to the path of its file, or REGISTRY_HA_SENTINEL_PASSWORD.',
      ]);
    const path = file('cluster: lab\nredis: { url: redis://127.0.0.1:6379 }\n');
    const env = { REGISTRY_HA_SENTINEL_PASSWORD: 'y' };
    expect(mistakes(() => workerConfig(path, env, { isStarting: true }))).toEqual([
      'redis.sentinels: missing, but REGISTRY_HA_SENTINEL_PASSWORD(_FILE) is set. Name the Sentinels, or unset the variable.',
    ]);
    expect(workerConfig(path, { REGISTRY_HA_SENTINEL_PASSWORD: '' }, { isStarting: true }).cluster).toBe('lab');
  });

  it('puts the password into the Redis URL unless it has one', () => {
    expect(redisUrl('redis://bot@redis:6379', { password: 'a b' })).toBe('redis://bot:a%20b@redis:6379');
    expect(redisUrl('redis://bot:old@redis:6379', { username: 'x', password: 'new' })).toBe(
      'redis://bot:old@redis:6379',
    );
    expect(redisUrl('redis://redis:6379', {})).toBe('redis://redis:6379');
  });
});
