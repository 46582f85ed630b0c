import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { type RedisServer, startRedis } from '../../fixtures/redis.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

/** The clock that Redis' own times go by. */
export const clock: Clock = {
  now: () => new Date(),
  steadyMs: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
};

/** A redis-server in a temporary folder, and connections to it that are closed with it. */
export interface Bench {
  readonly server: RedisServer;
  connect(): Redis;
  close(): Promise<void>;
}

export async function redisBench(options: { appendonly?: boolean } = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-redis-'));
  const server = await startRedis({ folder, ...options });
  const connections: Redis[] = [];
  return {
    server,
    connect: () => {
      const redis = connectRedis({ url: server.url, onError: () => undefined });
      connections.push(redis);
      return redis;
    },
    close: async () => {
      await Promise.all(connections.map(closeRedis));
      await server.close();
      await removeFolder(folder);
    },
  };
}
