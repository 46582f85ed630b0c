import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redisServer } from '../../../../src/adapters/redis/acl/redis-server.ts';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import { redisFailed } from '../../../../src/adapters/redis/server/failures.ts';
import { isSentinelLogin } from '../../../../src/adapters/redis/server/recover.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type RedisServer, startRedis } from '../../../fixtures/redis.ts';
import { startSentinels } from '../../../fixtures/sentinels.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { clock } from '../server.ts';

const LOGIN = { username: 'finder', password: 'sesame' };
/** As in docs/redis.md; the last Sentinel has another password. */
const linesOf = (n: number) => [
  'requirepass of-the-sentinels',
  `user finder on >${n === 2 ? 'other' : 'sesame'} -@all +sentinel|get-master-addr-by-name +sentinel|sentinels`,
  'user weak on >sesame -@all +ping',
];

async function listens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

type Login = { readonly username?: string; readonly password?: string };

describe('Sentinels with a login', () => {
  let folder: string;
  let primary: RedisServer;
  let sentinels: Awaited<ReturnType<typeof startSentinels>>;
  const closing: (() => unknown)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-sentinel-login-'));
    primary = await startRedis({ folder });
    sentinels = await startSentinels(folder, 'lab', primary.port, linesOf);
    await vi.waitFor(() => Promise.all(sentinels.hosts.map(({ port }) => listens(port))), PATIENT);
  }, PATIENT.timeout);
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  afterAll(async () => {
    await sentinels?.close();
    await primary?.close();
    await removeFolder(folder);
  });

  function connected(at: Login, hosts = sentinels.hosts) {
    const errors: Error[] = [];
    const onError = (error: Error) => void errors.push(error);
    const redis = connectRedis({ sentinels: { name: 'lab', hosts, at }, onError });
    closing.push(() => closeRedis(redis));
    return { redis, errors };
  }

  it('lead to the primary with the right user and password', async () => {
    const { redis, errors } = connected(LOGIN, sentinels.hosts.slice(0, 2));
    await vi.waitFor(() => expect(redis.status).toBe('ready'), PATIENT);
    expect(redis.options).toMatchObject({ sentinelUsername: 'finder' });
    expect(errors.filter(isSentinelLogin)).toEqual([]);
  });

  it('lead to the primary with their requirepass, as the default user', async () => {
    const { redis } = connected({ password: 'of-the-sentinels' });
    await vi.waitFor(() => expect(redis.status).toBe('ready'), PATIENT);
  });

  it.each([
    ['no login', {}, /require a login: set REGISTRY_HA_SENTINEL_PASSWORD\(_FILE\)/],
    ['a wrong password', { ...LOGIN, password: 'wrong' }, /compare redis\.sentinelUsername and REGISTRY_HA_SENTINEL/],
    ['a wrong requirepass', { password: 'wrong' }, /compare redis\.sentinelUsername and REGISTRY_HA_SENTINEL/],
    ['a user without rights', { ...LOGIN, username: 'weak' }, /lacks a permission: give it \+sentinel\|get-master/],
  ] as const)('reject %s, and the failure says so with the keys to set', async (_, login, next) => {
    const { errors } = connected(login);
    const all = (one: Error) => one.message.startsWith('All sentinels are unreachable');
    const rejections = () => errors.filter((one) => all(one) && isSentinelLogin(one));
    await vi.waitFor(() => expect(rejections()).not.toEqual([]), PATIENT);
    const { what, next: fix } = redisFailed(rejections()[0]);
    expect(what).toBe('The Sentinels reject the login.');
    expect(fix).toMatch(next);
  });

  it('say so, too, while another Sentinel accepts the login', async () => {
    const { redis, errors } = connected(LOGIN, sentinels.hosts.toReversed());
    await vi.waitFor(() => expect(redis.status).toBe('ready'), PATIENT);
    expect(errors.filter(isSentinelLogin)).toHaveLength(1);
  });

  it('explain a check of the doctor that only timed out', async () => {
    const { redis, errors } = connected({}, sentinels.hosts.slice(0, 1));
    await vi.waitFor(() => expect(errors.some(isSentinelLogin)).toBe(true), PATIENT);
    await closeRedis(redis);
    const away = () => errors.find(isSentinelLogin);
    const server = redisServer({ redis, process: 'bot', clusters: ['c1'], clock, away });
    for (const asked of [server.look(), server.rights()])
      await expect(asked).rejects.toMatchObject({ what: 'The Sentinels reject the login.' });
  });
});
