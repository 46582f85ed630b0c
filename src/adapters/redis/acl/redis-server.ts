import { type Redis, ReplyError } from 'ioredis';
import { z } from 'zod';
import { isFailure } from '../../../domain/answers/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { RedisFacts, RedisServer } from '../../../ports/doctor/redis.ts';
import { ask, redisFailed } from '../server/failures.ts';
import { badIn, fieldIn, hiddenIn } from '../server/settings.ts';
import { rightsAt } from './rights.ts';

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);

/** The first answer may wait for the connection. */
const PINGS = 3;

export interface RedisServerOptions {
  readonly redis: Redis;
  readonly process: 'bot' | 'worker';
  readonly clusters: readonly string[];
  readonly clock: Pick<Clock, 'now' | 'steadyMs'>;
  /** Why there is no connection, if that is known. */
  readonly away?: () => unknown;
}

/** The Redis server of a connection, as the user of the connection sees it. */
export function redisServer({ redis, process, clusters, clock, away }: RedisServerOptions): RedisServer {
  const told = async <T>(answer: Promise<T>) => await answer.catch((error: unknown) => failedFor(error, away?.()));
  return {
    look: () => told(lookAt(redis, clock)),
    rights: () => told(rightsAt(redis, process, clusters)),
  };
}

/** A command only times out while the connection meets, for example, Sentinels that reject the login. */
function failedFor(error: unknown, away: unknown): never {
  const isUnanswered = isFailure(error, 'redis') && !(error.cause instanceof ReplyError);
  throw isUnanswered && away !== undefined ? redisFailed(away) : error;
}

async function lookAt(redis: Redis, clock: RedisServerOptions['clock']): Promise<RedisFacts> {
  const info = await ask(redis.info());
  const took: number[] = [];
  for (let n = 0; n < PINGS; n += 1) {
    const from = clock.steadyMs();
    await ask(redis.ping());
    took.push(clock.steadyMs() - from);
  }
  return {
    version: fieldIn(info, 'redis_version') ?? fieldIn(info, 'valkey_version') ?? '',
    bad: badIn(info),
    hidden: hiddenIn(info),
    aheadMs: await aheadMs(redis, clock),
    latencyMs: Math.min(...took),
    isTls: redis.options.tls !== undefined,
  };
}

async function aheadMs(redis: Redis, clock: RedisServerOptions['clock']): Promise<number> {
  const from = clock.steadyMs();
  const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
  const middle = clock.now().getTime() - (clock.steadyMs() - from) / 2;
  return seconds * 1000 + micros / 1000 - middle;
}
