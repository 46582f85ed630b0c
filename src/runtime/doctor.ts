import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { healthOf } from '../adapters/health/health.ts';
import { redisServer } from '../adapters/redis/acl/redis-server.ts';
import { closeRedis, connectRedis } from '../adapters/redis/server/connection.ts';
import { isSentinelLogin } from '../adapters/redis/server/recover.ts';
import type { Environment } from '../config/read-config.ts';
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

/** The environment, in which each secret has its file beside the configuration, unless the environment names the secret or another file. */
export function withSecretsBeside(
  path: string,
  env: Environment,
  files: Readonly<Record<string, string>>,
): Environment {
  const found = Object.entries(files).flatMap(([name, base]) => {
    const file = join(dirname(path), base);
    const isNamed = env[name] !== undefined || env[`${name}_FILE`] !== undefined;
    return isNamed || !existsSync(file) ? [] : [[`${name}_FILE`, file] as const];
  });
  return { ...env, ...Object.fromEntries(found) };
}

/** What the process at this address says about itself. */
export async function healthSays(at: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  const health = await healthOf(at);
  if (health.is === 'silent') return { is: 'silent', at: health.at };
  return health.isReady ? { is: 'ready' } : { is: 'hindered', says: health.text.replace(/^not ready: /, '') };
}
