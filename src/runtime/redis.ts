import { connectRedis } from '../adapters/redis/server/connection.ts';
import { redisFailed } from '../adapters/redis/server/failures.ts';
import { badSettings } from '../adapters/redis/server/settings.ts';
import type { RedisAddress } from '../config/redis-config.ts';
import type { Log } from './log.ts';

/** A process's connection to Redis. `onReady` is called at each connection. */
export function openRedis(address: RedisAddress, name: string, log: Log, onReady: () => void = () => undefined) {
  const redis = connectRedis({
    ...address,
    name,
    onError: redisErrors(log),
    onReady: () => {
      onReady();
      void sayBadSettings(redis, log);
    },
  });
  return redis;
}

/** Logs errors of connections to Redis. */
export const redisErrors = (log: Log) => (error: unknown) =>
  log.warn({ err: redisFailed(error) }, 'Redis connection error');

type Connection = ReturnType<typeof connectRedis>;

/** Said at each connection, because a failover may lead to another server. */
async function sayBadSettings(redis: Connection, log: Log): Promise<void> {
  try {
    for (const next of await badSettings(redis)) log.error({ next }, 'Redis is not set up for registry-ha');
  } catch (err) {
    log.warn({ err }, 'Settings of Redis could not be read');
  }
}
