import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../../sandbox/cluster/kube/access/certificates.ts';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import { redisRemedy } from '../../../../src/adapters/redis/server/recover.ts';
import { WrongConfig } from '../../../../src/config/read-config.ts';
import { type RedisConfig, RedisSchema, redisAddress } from '../../../../src/config/redis-config.ts';
import { freePort, type RedisServer, startRedis } from '../../../fixtures/redis.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-tls-'));
const at = (name: string) => join(folder, name);
const PASSWORD = 'a:b/c?d#e%f"g';
let server: RedisServer;
let port: number;

function lay(name: string, text: string, mode = 0o600): string {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
  return at(name);
}

beforeAll(async () => {
  const [ours, other] = [await makeAuthority(), await makeAuthority()];
  const [redis, client, stranger] = [
    await ours.server('127.0.0.1'),
    await ours.client('bot', 'registry-ha'),
    await other.client('stranger', 'elsewhere'),
  ];
  lay('ca.crt', ours.cert);
  lay('other-ca.crt', other.cert);
  for (const [name, { key, cert }] of Object.entries({ redis, client, stranger })) {
    lay(`${name}.key`, key);
    lay(`${name}.crt`, cert);
  }
  port = await freePort();
  const tls = ['--tls-port', `${port}`, '--tls-cert-file', at('redis.crt'), '--tls-key-file', at('redis.key')];
  const hash = createHash('sha256').update(PASSWORD).digest('hex');
  lay(
    'users.acl',
    `user default on nopass ~* +@all
user bot on #${hash} ~* +@all
`,
  );
  const rest = ['--tls-ca-cert-file', at('ca.crt'), '--aclfile', at('users.acl')];
  server = await startRedis({ folder, words: [...tls, ...rest] });
}, 60_000);
afterAll(async () => {
  await server?.close();
  await removeFolder(folder);
});

const files = (name: string) => ({ cert: at(`${name}.crt`), key: at(`${name}.key`) });

/** The first answer, or the fix for the operator. */
async function answer(config: Partial<RedisConfig>, password?: string): Promise<string> {
  const checked = RedisSchema.parse({ url: `rediss://127.0.0.1:${port}`, ...config });
  const heard = Promise.withResolvers<Error>();
  const redis = connectRedis({ ...redisAddress(checked, { redisPassword: password }), onError: heard.resolve });
  try {
    // The first error is enough; ioredis would retry for three seconds.
    return await Promise.race([redis.ping(), heard.promise.then(redisRemedy)]);
  } catch {
    return redisRemedy(await heard.promise);
  } finally {
    await closeRedis(redis);
  }
}

function mistake(tls: NonNullable<RedisConfig['tls']>): string {
  try {
    redisAddress(RedisSchema.parse({ url: 'rediss://127.0.0.1:1', tls }), {});
    return 'no mistake';
  } catch (error) {
    if (error instanceof WrongConfig) return error.message;
    throw error;
  }
}

describe('Redis over TLS', () => {
  it('is reached with the right certificates, user and password', async () => {
    expect(await answer({ username: 'bot', tls: { ca: at('ca.crt'), ...files('client') } }, PASSWORD)).toBe('PONG');
  });

  it.each([
    [
      'another authority',
      { tls: { ca: 'other-ca.crt', ...{ cert: 'client.crt', key: 'client.key' } } },
      'redis.tls.ca',
    ],
    ['no authority named', { tls: { cert: 'client.crt', key: 'client.key' } }, 'redis.tls.ca'],
    ['no certificate of our own', { tls: { ca: 'ca.crt' } }, 'redis.tls.cert'],
    [
      'a certificate of a stranger',
      { tls: { ca: 'ca.crt', cert: 'stranger.crt', key: 'stranger.key' } },
      'redis.tls.cert',
    ],
    [
      'another server’s name',
      { tls: { ca: 'ca.crt', cert: 'client.crt', key: 'client.key', serverName: 'elsewhere' } },
      'serverName',
    ],
    [
      'a wrong password',
      { username: 'bot', tls: { ca: 'ca.crt', cert: 'client.crt', key: 'client.key' } },
      'users.acl',
    ],
  ])('is not reached, with the reason, with %s', async (_what, { tls, ...rest }, reason) => {
    const here = Object.fromEntries(
      Object.entries(tls).map(([name, file]) => [name, name === 'serverName' ? file : at(file)]),
    );
    expect(await answer({ ...rest, tls: here }, 'username' in rest ? 'wrong' : undefined)).toContain(reason);
  });

  it('explains a plain port in a TLS url', async () => {
    const { url } = server;
    expect(await answer({ url: url.replace('redis:', 'rediss:'), tls: { ca: at('ca.crt') } })).toContain('tls-port');
  });
});

describe('the files for TLS', () => {
  it.each([
    ['a missing file', { ca: 'nowhere.crt' }, 'redis.tls.ca: .*nowhere.crt cannot be read \\(ENOENT\\)'],
    ['a file without a certificate', { ca: 'client.key' }, 'is not a PEM certificate'],
    ['a certificate of another key', { cert: 'client.crt', key: 'redis.key' }, 'does not match the private key'],
    ['a certificate in the key’s place', { cert: 'client.crt', key: 'redis.crt' }, 'is not a PEM private key'],
    ['a key that others can read', { cert: 'client.crt', key: 'open.key' }, 'mode 0644.*chmod 0600'],
  ])('stop the start with an explanation: %s', (_what, tls, says) => {
    lay('open.key', 'anything', 0o644);
    expect(mistake(Object.fromEntries(Object.entries(tls).map(([name, file]) => [name, at(file)])))).toMatch(
      new RegExp(says),
    );
  });

  it('are rejected for a plain url, and without the other half of the pair', () => {
    const mistakes = (config: unknown) =>
      RedisSchema.safeParse(config)
        .error?.issues.map(({ message }) => message)
        .join();
    expect(mistakes({ url: 'redis://r', tls: { ca: '/ca' } })).toContain('rediss://');
    expect(mistakes({ url: 'rediss://r', tls: { cert: '/c' } })).toContain('set both cert and key');
  });
});
