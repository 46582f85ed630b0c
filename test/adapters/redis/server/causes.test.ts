import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReplyError } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import { ask } from '../../../../src/adapters/redis/server/failures.ts';
import { redisRemedy } from '../../../../src/adapters/redis/server/recover.ts';
import { badSettings } from '../../../../src/adapters/redis/server/settings.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { freePort, startRedis } from '../../../fixtures/redis.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

describe('the advice', () => {
  let folder: string;
  const closing: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-causes-'));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await removeFolder(folder);
  });

  async function serverWith(...words: readonly string[]) {
    const server = await startRedis({ folder, words });
    closing.push(server.close);
    return () => {
      const redis = connectRedis({ url: server.url, onError: () => undefined });
      closing.push(() => closeRedis(redis));
      return redis;
    };
  }

  /** What an operator reads about a failing write. */
  const adviceOf = (write: Promise<unknown>): Promise<string> =>
    ask(write).then(
      () => 'no failure',
      (error: unknown) => String(error instanceof Error && 'next' in error && error.next),
    );

  it('names the cause when Redis rejects writes', async () => {
    const connect = await serverWith();
    const redis = connect();
    await redis.config('SET', 'min-replicas-to-write', '1');
    expect(await adviceOf(redis.set('a', '1'))).toContain('min-replicas-to-write');
    await redis.config('SET', 'min-replicas-to-write', '0');
    await redis.config('SET', 'maxmemory', '1');
    expect(await adviceOf(redis.set('a', '1'))).toContain('raise maxmemory');
    await redis.config('SET', 'maxmemory', '0');
    await redis.set('text', '1');
    expect(await adviceOf(redis.hset('text', 'a', '1'))).toContain('Another program writes to this Redis');
    await redis.replicaof('127.0.0.1', `${await freePort()}`);
    expect(await adviceOf(redis.set('a', '1'))).toContain('read-only replica');
    await vi.waitFor(() => expect(redis.status).toBe('ready'), PATIENT);
    await redis.config('SET', 'replica-serve-stale-data', 'no');
    expect(await adviceOf(redis.get('a'))).toContain('a replica without a primary');
  });

  it('names a script that blocks Redis', async () => {
    const connect = await serverWith('--busy-reply-threshold', '1');
    const [blocking, redis] = [connect(), connect()];
    await redis.ping();
    const endless = blocking.eval('while true do end', 0).catch(() => undefined);
    await vi.waitFor(async () => expect(await adviceOf(redis.set('a', '1'))).toContain('SCRIPT KILL'), PATIENT);
    await vi.waitFor(() => redis.script('KILL'), PATIENT);
    await endless;
  });

  it('names the limit of connections', async () => {
    const connect = await serverWith();
    const redis = connect();
    await redis.config('SET', 'maxclients', '1');
    const server = redis.options.port;
    const heard = Promise.withResolvers<Error>();
    const late = connectRedis({ url: `redis://127.0.0.1:${server}`, onError: heard.resolve });
    closing.push(() => closeRedis(late));
    expect(redisRemedy(await heard.promise)).toContain('raise maxclients');
  });

  it('says that Redis Cluster is not supported', async () => {
    const connect = await serverWith('--cluster-enabled', 'yes');
    const redis = connect();
    expect(await adviceOf(redis.set('a', '1'))).toContain('Redis Cluster is not supported');
    expect((await badSettings(redis)).join()).toContain('Redis Cluster is not supported');
  });

  it('says at the start what would lose changes', async () => {
    const connect = await serverWith();
    const redis = connect();
    expect((await badSettings(redis)).join()).toBe('Redis loses queued changes at a restart: set appendonly yes.');
    await redis.config('SET', 'appendonly', 'yes');
    expect(await badSettings(redis)).toEqual([]);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect((await badSettings(redis)).join()).toContain('set maxmemory-policy noeviction');
  });

  it.each([
    ['MISCONF Redis is configured to save RDB snapshots', 'free disk space'],
    ['LOADING Redis is loading the dataset in memory', 'wait'],
    ['MOVED 15495 127.0.0.1:6381', 'Cluster'],
    ['CLUSTERDOWN Hash slot not served', 'Cluster'],
    ["NOPERM User w has no permissions to run the 'xadd' command", 'run `registry-ha redis acl` again'],
    ["ERR The user executing the script can't run this command or subcommand script: x", 'lacks a permission'],
    ['NOAUTH Authentication required.', 'requires a login'],
    ['WRONGPASS invalid username-password pair', 'users.acl'],
    ['ERR syntax error', 'Check that Redis runs'],
  ])('for %s', (message, advice) => {
    expect(redisRemedy(new ReplyError(message))).toContain(advice);
  });
});
