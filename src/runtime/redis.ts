import { connectRedis } from '../adapters/redis/server/connection.ts';
import { redisFailed } from '../adapters/redis/server/failures.ts';
import { badSettings } from '../adapters/redis/server/settings.ts';
import type { RedisAddress } from '../config/redis-config.ts';
import type { Log } from './log.ts';

/** A connection of a process. */
export type RedisConnection = ReturnType<typeof connectRedis>;

/** A process's connection to Redis. `onReady` is called at each connection, because a failover may lead to another server. */
export function openRedis(
  address: RedisAddress,
  name: string,
  log: Log,
  onReady: (redis: RedisConnection) => void,
): RedisConnection {
  const redis: RedisConnection = connectRedis({
    ...address,
    name,
    onError: redisErrors(log),
    onReady: () => onReady(redis),
  });
  return redis;
}

/** Logs errors of connections to Redis. */
export const redisErrors = (log: Log) => (error: unknown) =>
  log.warn({ err: redisFailed(error) }, 'Redis connection error');

/** Logs settings of Redis that lose data. */
export async function sayBadSettings(redis: RedisConnection, log: Log): Promise<void> {
  try {
    for (const next of await badSettings(redis)) log.error({ next }, NOT_SET_UP);
  } catch (err) {
    log.warn({ err }, 'Settings of Redis could not be read');
  }
}

export const NOT_SET_UP = 'Redis is not set up for registry-ha';
