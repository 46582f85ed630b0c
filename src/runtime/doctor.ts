import { healthOf } from '../adapters/health/health.ts';
import { redisServer } from '../adapters/redis/acl/redis-server.ts';
import { closeRedis, connectRedis } from '../adapters/redis/server/connection.ts';
import { isSentinelLogin } from '../adapters/redis/server/recover.ts';
import type { RedisAddress } from '../config/redis-config.ts';
import type { HealthAnswer } from '../ports/doctor/host.ts';
import { systemClock as clock } from './clock.ts';

/** A connection to Redis for checks. Its errors explain checks without an answer; a rejected login explains more than the other errors. */
export function doctorRedis(address: RedisAddress, process: 'bot' | 'worker', clusters: readonly string[]) {
  let away: unknown;
  const onError = (error: unknown) => {
    if (!isSentinelLogin(away)) away = error;
  };
  const redis = connectRedis({ ...address, name: `registry-ha-doctor-${process}`, onError });
  return {
    redis,
    server: redisServer({ redis, process, clusters, clock, away: () => away }),
    close: () => closeRedis(redis),
  };
}

/** What the process at this address says about itself. */
export async function healthSays(at: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  const health = await healthOf(at);
  if (health.is === 'silent') return { is: 'silent', at: health.at };
  return health.isReady ? { is: 'ready' } : { is: 'hindered', says: health.text.replace(/^not ready: /, '') };
}
