import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import { redisCommand } from '../../../src/commands/redis.ts';
import { redisUrl } from '../../../src/config/redis-url.ts';
import { startRedis } from '../../fixtures/redis.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

/** A redis-server with the users that `registry-ha redis acl` writes for these clusters, and one administrator. */
export interface AclBench {
  as(user: string): Redis;
  /** Adds a cluster to the ACL file as `registry-ha redis acl --add` does, and has Redis read it. */
  add(cluster: string): Promise<void>;
  /** Kills Redis as a power cut would and starts it again. */
  restart(): Promise<void>;
  /** Commands that Redis has rejected so far. */
  refused(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ADMIN = { username: 'admin', password: 'of-the-administrator' };

export async function aclBench(clusters: readonly string[]): Promise<AclBench> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-acl-'));
  const path = join(folder, 'users.acl');
  await writeFile(path, `user ${ADMIN.username} on >${ADMIN.password} ~* &* +@all\n`);
  await redisCommand('acl', { cluster: clusters, folder }, () => undefined);
  const server = await startRedis({ folder, appendonly: true, words: ['--aclfile', path], login: ADMIN });
  const connections: Redis[] = [];
  const connected = (username: string, password: string) => {
    const url = redisUrl(server.url, { username, password });
    const redis = connectRedis({ url, onError: () => undefined });
    connections.push(redis);
    return redis;
  };
  const passwords = new Map([[ADMIN.username, ADMIN.password]]);
  const readPassword = async (user: string) =>
    passwords.set(user, (await readFile(join(folder, `${user}.password`), 'utf8')).trim());
  for (const user of ['registry-ha-bot', ...clusters.map((cluster) => `registry-ha-worker-${cluster}`)])
    await readPassword(user);
  const admin = connected(ADMIN.username, ADMIN.password);
  return {
    as: (user) => connected(user, passwords.get(user) ?? ''),
    async add(cluster) {
      // The passwords of the others are on their own machines.
      for (const user of passwords.keys()) await rm(join(folder, `${user}.password`), { force: true });
      await redisCommand('acl', { add: [cluster], folder }, () => undefined);
      await readPassword(`registry-ha-worker-${cluster}`);
      await admin.acl('LOAD');
    },
    restart: () => server.start(),
    refused: async () =>
      z
        .array(z.unknown())
        .parse(await admin.acl('LOG'))
        .map((one) => JSON.stringify(one)),
    close: async () => {
      await Promise.all(connections.map(closeRedis));
      await server.close();
      await removeFolder(folder);
    },
  };
}
