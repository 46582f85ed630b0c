import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { healthOf } from '../adapters/health/health.ts';
import { redisServer } from '../adapters/redis/acl/redis-server.ts';
import { closeRedis, connectRedis } from '../adapters/redis/server/connection.ts';
import { isSentinelLogin } from '../adapters/redis/server/recover.ts';
import { serverExpires } from '../adapters/redis/server/server-certificate.ts';
import type { Environment } from '../config/read-config.ts';
import type { RedisAddress, RedisConfig } from '../config/redis-config.ts';
import type { Expiring } from '../domain/answers/expiry.ts';
import type { HealthAnswer, UnitState } from '../ports/doctor/host.ts';
import type { SecretFile } from '../ports/doctor/keeping.ts';
import { systemClock as clock } from './clock.ts';
import { redisFilesExpiry, redisServerExpiry } from './expiry.ts';

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

/** The files of these secrets, and other files that are as secret, with their modes. */
export async function secretFiles(
  env: Environment,
  names: readonly string[],
  more: readonly string[] = [],
): Promise<readonly SecretFile[]> {
  const named = names.flatMap((name) => (env[name] === undefined ? (env[`${name}_FILE`] ?? []) : []));
  return await Promise.all(
    [...named, ...more].map(async (path) => {
      const seen = await stat(path).catch(() => null);
      return { path, mode: seen === null ? null : seen.mode & 0o777 };
    }),
  );
}

/** What expires of a connection to Redis: only where TLS is on. */
export function redisExpiryLooks(
  config: RedisConfig,
  { redis, server }: ReturnType<typeof doctorRedis>,
): Readonly<Record<string, () => Promise<readonly Expiring[]>>> {
  const shown = async () => {
    if (!(await server.look()).isTls) return [];
    return redisServerExpiry(serverExpires(redis));
  };
  return { 'files of Redis': () => redisFilesExpiry(config), 'server of Redis': shown };
}

/** A process on a busy node listens about two seconds after systemd calls its unit active. */
const STARTS_WITHIN_MS = 5_000;
const ASKED_AGAIN_MS = 250;

/** What the process at this address says about itself. While its unit is active, a process that is not ready gets some seconds. */
export async function healthOnceStarted(
  at: { readonly host: string; readonly port: number },
  unit: () => Promise<UnitState | null>,
): Promise<HealthAnswer> {
  const { signal } = new AbortController();
  const until = clock.steadyMs() + STARTS_WITHIN_MS;
  for (;;) {
    const says = await healthSays(at);
    if (says.is === 'ready' || clock.steadyMs() > until || (await unit())?.active !== 'active') return says;
    await clock.sleep(ASKED_AGAIN_MS, signal);
  }
}

async function healthSays(at: { readonly host: string; readonly port: number }): Promise<HealthAnswer> {
  const health = await healthOf(at);
  if (health.is === 'silent') return { is: 'silent', at: health.at };
  return health.isReady ? { is: 'ready' } : { is: 'hindered', says: health.text.replace(/^not ready: /, '') };
}
