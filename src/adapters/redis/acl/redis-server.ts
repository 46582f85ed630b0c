import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Clock } from '../../../ports/clock.ts';
import type { RedisServer } from '../../../ports/doctor/redis.ts';
import { ask } from '../server/failures.ts';
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
}

/** The Redis server of a connection, as the user of the connection sees it. */
export function redisServer({ redis, process, clusters, clock }: RedisServerOptions): RedisServer {
  return {
    async look() {
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
    },
    rights: () => rightsAt(redis, process, clusters),
  };
}

async function aheadMs(redis: Redis, clock: RedisServerOptions['clock']): Promise<number> {
  const from = clock.steadyMs();
  const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
  const middle = clock.now().getTime() - (clock.steadyMs() - from) / 2;
  return seconds * 1000 + micros / 1000 - middle;
}
