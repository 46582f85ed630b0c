import { healthOf } from '../adapters/health/health.ts';
import { redisServer } from '../adapters/redis/acl/redis-server.ts';
import { closeRedis, connectRedis } from '../adapters/redis/server/connection.ts';
import type { RedisAddress } from '../config/redis-config.ts';
import type { HealthAnswer } from '../ports/doctor/host.ts';
import { systemClock as clock } from './clock.ts';

/** A connection to Redis for checks. Its errors are those of the checks. */
export function doctorRedis(address: RedisAddress, process: 'bot' | 'worker', clusters: readonly string[]) {
  const redis = connectRedis({ ...address, name: `registry-ha-doctor-${process}`, onError: () => undefined });
  return {
    redis,
    server: redisServer({ redis, process, clusters, clock }),
    close: () => closeRedis(redis),
  };
}

/** What the process at this address says about itself. */
export async function healthSays(at: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  const health = await healthOf(at);
  if (health.is === 'silent') return { is: 'silent', at: health.at };
  return health.isReady ? { is: 'ready' } : { is: 'hindered', says: health.text.replace(/^not ready: /, '') };
}
