import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import selfsigned from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSigningKey, loadTrustedKey } from '../../src/adapters/keys/files.ts';
import { newKeyPairFiles } from '../../src/adapters/keys/store.ts';
import { answersTo } from '../../src/commands/init/ask.ts';
import { type InitBot, initBot } from '../../src/commands/init/bot.ts';
import { type InitWorker, initWorker } from '../../src/commands/init/worker.ts';
import { botConfig } from '../../src/config/bot-config.ts';
import { redisAddress } from '../../src/config/redis-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';

const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-init-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const NOW = new Date('2026-11-22T10:00:00Z');
const folderOf = (name: string) => join(scratch, name);
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`);

async function ran(act: (print: (line: string) => void) => Promise<number>) {
  const lines: string[] = [];
  const code = await act((line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

const BOT: Omit<InitBot, 'folder'> = {
  at: '/etc/registry-ha',
  ...{ cluster: ['lab', 'prod'], redisUrl: 'redis://10.0.0.5:6379', channel: ['C0123OPS'], approvals: 1 },
  ...{ requester: ['U0123ALICE'], approver: ['U0123BOB', 'S0123OPS'] },
};
const bot = (name: string, changes: Partial<InitBot> = {}) =>
  ran((print) => initBot({ ...BOT, folder: folderOf(name), ...changes }, NOW, print));
const worker = (name: string, changes: Partial<InitWorker> = {}) =>
  ran((print) =>
    initWorker({ cluster: 'lab', redisUrl: BOT.redisUrl, folder: folderOf(name), ...changes }, NOW, print),
  );

describe('registry-ha init bot', () => {
  it('writes what a bot needs, each file with its mode, and says what is next', async () => {
    const { code, text } = await bot('bot');
    expect(code).toBe(0);
    expect(filesIn(folderOf('bot'))).toEqual([
      'approval.key 400',
      'approval.pub 644',
      'bot.yaml 644',
      'policy.yaml 644',
      'redis 700',
      'redis/registry-ha-bot.password 600',
      'redis/registry-ha-worker-lab.password 600',
      'redis/registry-ha-worker-prod.password 600',
      'redis/users.acl 640',
      'secrets 700',
      'secrets/redis-password 400',
      'workers 755',
      'workers/lab 755',
      'workers/prod 755',
    ]);
    // The user of the image must be able to open it.
    if (process.getuid?.() === 0) expect(statSync(join(folderOf('bot'), 'secrets')).uid).toBe(10_001);
    expect(text).toContain(`written  ${join(folderOf('bot'), 'policy.yaml')}`);
    expect(text).toMatch(/Next:\n1\. Store each Slack token/);
    expect(text).toContain('registry-ha-worker-prod.password');
    expect(text).not.toContain(readFileSync(join(folderOf('bot'), 'secrets/redis-password'), 'utf8').trim());
    expect(text).not.toContain('PRIVATE KEY');
  });

  it('writes a configuration that the bot accepts, for groups of people, too', async () => {
    await bot('accepted');
    const folder = folderOf('accepted');
    const secrets = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
    const env = { ...secrets, REGISTRY_HA_REDIS_PASSWORD_FILE: join(folder, 'secrets/redis-password') };
    const config = botConfig(join(folder, 'bot.yaml'), env, { isStarting: true });
    expect(config.clusters.map(({ name, channels }) => ({ name, channels }))).toEqual([
      { name: 'lab', channels: ['C0123OPS'] },
      { name: 'prod', channels: ['C0123OPS'] },
    ]);
    expect(config.approval.keyFile).toBe('/etc/registry-ha/approval.key');
    const rules = config.policies.get('prod')?.verbs.add;
    expect(rules?.approvers).toEqual({ users: ['U0123BOB'], groups: ['S0123OPS'] });
  });

  it('keeps what is there, and writes what is missing', async () => {
    await bot('again');
    const folder = folderOf('again');
    chmodSync(join(folder, 'secrets'), 0o750);
    writeFileSync(join(folder, 'policy.yaml'), '# mine\n');
    rmSync(join(folder, 'bot.yaml'));
    rmSync(join(folder, 'approval.pub'));
    const key = readFileSync(join(folder, 'approval.key'), 'utf8');
    const { code, text } = await bot('again');
    expect(code).toBe(0);
    expect(text).toContain(`kept     ${join(folder, 'policy.yaml')}`);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o750);
    expect(text).toContain(`written  ${join(folder, 'bot.yaml')}`);
    expect(readFileSync(join(folder, 'policy.yaml'), 'utf8')).toBe('# mine\n');
    expect(readFileSync(join(folder, 'approval.key'), 'utf8')).toBe(key);
    const [own, trusted] = [join(folder, 'approval.key'), join(folder, 'approval.pub')];
    if (process.getuid?.() === 0) return;
    expect((await loadTrustedKey(trusted)).name).toBe((await loadSigningKey(own)).name);
  });

  it('writes nothing when something is wrong, and says everything that is', async () => {
    const wrong = { cluster: ['Lab'], redisUrl: 'localhost', channel: ['#ops'], approver: ['U0123BOB'], approvals: 2 };
    const { code, text } = await bot('wrong', wrong);
    expect(code).toBe(1);
    for (const says of [
      'clusters.0.name: use lower-case',
      'redis.url: write it as',
      'clusters.0.channels.0: a channel',
    ])
      expect(text).toContain(says);
    expect(readdirSync(scratch)).not.toContain('wrong');
    const few = await bot('wrong', { requester: [], approver: ['U0123BOB'] });
    expect(few.text).toContain('No change could be approved.');
    expect(readdirSync(scratch)).not.toContain('wrong');
  });
});

describe('registry-ha init worker', () => {
  it('writes what a worker needs from the files of the bot, and the worker accepts it', async () => {
    await bot('for-worker', { cluster: ['lab'] });
    const from = folderOf('for-worker');
    const { code, text } = await worker('worker', {
      redisPasswordFile: join(from, 'redis/registry-ha-worker-lab.password'),
      botKey: join(from, 'approval.pub'),
    });
    expect(code).toBe(0);
    const folder = folderOf('worker');
    expect(filesIn(folder)).toEqual([
      'approval.pub 644',
      'redis-password 600',
      'worker.key 600',
      'worker.pub 644',
      'worker.yaml 644',
    ]);
    expect(text).toMatch(/Next:\n1\. Copy \S+worker\.pub to the bot/);
    const env = { REGISTRY_HA_REDIS_PASSWORD_FILE: join(folder, 'redis-password') };
    const config = workerConfig(join(folder, 'worker.yaml'), env, { isStarting: true });
    expect(config.redis.username).toBe('registry-ha-worker-lab');
    expect((await loadTrustedKey(config.trustedKeys[0] ?? '')).name).toBe(
      (await loadTrustedKey(join(from, 'approval.pub'))).name,
    );
    expect((await loadSigningKey(config.keyFile)).name).toMatch(/^[0-9a-f]{12}$/);
  });

  it('keeps the keys of install.sh, and says what to copy by hand', async () => {
    const folder = folderOf('half');
    await worker('half');
    const key = readFileSync(join(folder, 'worker.key'), 'utf8');
    const { text } = await worker('half');
    expect(text).toContain(`kept     ${join(folder, 'worker.key')}`);
    expect(text).toContain(`Copy the bot’s public key to ${join(folder, 'approval.pub')}, with mode 0644.`);
    expect(readFileSync(join(folder, 'worker.key'), 'utf8')).toBe(key);
  });

  it('writes nothing when a word or a file is wrong', async () => {
    expect(await worker('none', { cluster: 'LAB', redisUrl: 'x' })).toMatchObject({
      code: 1,
      text: expect.stringMatching(/cluster: use lower-case[\s\S]*redis\.url: write it as/),
    });
    expect((await worker('none', { botKey: join(scratch, 'no.pub') })).text).toContain('cannot be opened');
    const secret = join(scratch, 'secret.pub');
    writeFileSync(secret, newKeyPairFiles('bot', NOW).privateText);
    expect((await worker('none', { botKey: secret })).text).toContain('wrong half');
    expect(readdirSync(scratch)).not.toContain('none');
  });
});

describe('a Redis with a certificate of your own authority', () => {
  const authority = join(scratch, 'authority.pem');
  const tls = { redisUrl: 'rediss://10.0.0.5:6379', redisCa: authority };

  beforeAll(async () => {
    const { cert } = await selfsigned.generate([{ name: 'commonName', value: 'authority' }]);
    writeFileSync(authority, cert);
  });

  it('is named in both configurations, with the certificate beside them', async () => {
    const text = readFileSync(authority, 'utf8');
    const at = folderOf('tls-bot');
    expect((await bot('tls-bot', { ...tls, at })).code).toBe(0);
    const secrets = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
    const ofBot = botConfig(
      join(at, 'bot.yaml'),
      { ...secrets, REGISTRY_HA_REDIS_PASSWORD: 'p' },
      { isStarting: true },
    );
    expect(redisAddress(ofBot.redis, ofBot.secrets).tls).toEqual({ ca: text });
    expect((await worker('tls-worker', tls)).code).toBe(0);
    expect(filesIn(folderOf('tls-worker'))).toContain('redis-ca.crt 644');
    const env = { REGISTRY_HA_REDIS_PASSWORD: 'p' };
    const ofWorker = workerConfig(join(folderOf('tls-worker'), 'worker.yaml'), env, { isStarting: true });
    expect(redisAddress(ofWorker.redis, ofWorker).tls).toEqual({ ca: text });
  });

  it('is refused without TLS in the address, and with a file that is no certificate; nothing is written then', async () => {
    const plain = await bot('no-tls', { ...tls, redisUrl: BOT.redisUrl });
    expect(plain).toMatchObject({
      code: 1,
      text: expect.stringContaining('TLS requires a url that starts with rediss://'),
    });
    const noCertificate = join(scratch, 'words.pem');
    writeFileSync(noCertificate, 'words');
    for (const [redisCa, says] of [
      [noCertificate, 'is not a PEM certificate'],
      [join(scratch, 'none.pem'), 'cannot be read (ENOENT)'],
    ] as const) {
      expect(await bot('no-tls', { ...tls, redisCa })).toMatchObject({ code: 1, text: expect.stringContaining(says) });
      expect(await worker('no-tls', { ...tls, redisCa })).toMatchObject({
        code: 1,
        text: expect.stringContaining(says),
      });
    }
    expect(readdirSync(scratch)).not.toContain('no-tls');
  });
});

describe('what was not given', () => {
  const needed = [
    { option: '--cluster', asks: 'Cluster' },
    { option: '--approver', asks: 'Approvers', isList: true },
  ];

  it('is asked for on a terminal, and only that', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const asked = answersTo(needed, new Map([['--cluster', ['lab']]]), { input, output });
    input.end('U1, U2 U3\n');
    expect(await asked).toEqual({
      given: new Map([
        ['--cluster', ['lab']],
        ['--approver', ['U1', 'U2', 'U3']],
      ]),
      missing: [],
    });
    expect(String(output.read())).toBe('Approvers: ');
  });

  it('is named, all of it, where there is no terminal', async () => {
    const cli = join(import.meta.dirname, '../../src/cli.ts');
    const ended = promisify(execFile)(process.execPath, [cli, 'init', 'bot', '--cluster', 'lab']);
    await expect(ended).rejects.toMatchObject({
      code: 2,
      stderr: 'Missing: --redis-url, --channel, --requester and --approver. See `registry-ha init --help`.\n',
    });
  });
});
