import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { SeenWorker } from '../../domain/worker-state.ts';
import type { WorkerLife } from '../../ports.ts';
import { ask } from './failures.ts';
import { clusterKeys } from './keys.ts';

/** What a cluster's worker is heard by. */
export interface WorkerLifeOptions {
  readonly redis: Redis;
  readonly cluster: string;
}

/** By Redis' clock, as those of bot and worker may differ. KEYS: worker. ARGV: trouble. */
const TELL = `
local now = redis.call('TIME')
redis.call('HSET', KEYS[1], 'heard', now[1] * 1000 + math.floor(now[2] / 1000), 'trouble', ARGV[1])
return 1`;

/** When it was heard of, how many ms ago that is, and its trouble. KEYS: worker. */
const SEEN = `
local heard = redis.call('HGET', KEYS[1], 'heard')
if not heard then return false end
local now = redis.call('TIME')
return { heard, now[1] * 1000 + math.floor(now[2] / 1000) - heard, redis.call('HGET', KEYS[1], 'trouble') or '' }`;

const seenSchema = z.tuple([z.coerce.number(), z.number(), z.string()]).nullable();

/** What a cluster's worker says of itself, in Redis; the key stays, so that people read since when it has been silent. */
export function redisWorkerLife({ redis, cluster }: WorkerLifeOptions): WorkerLife {
  const { worker } = clusterKeys(cluster);
  return {
    async tell(trouble) {
      await ask(redis.eval(TELL, 1, worker, trouble ?? ''));
    },
    async seen() {
      const answer = seenSchema.parse(await ask(redis.eval(SEEN, 1, worker)));
      return answer === null ? null : seenFrom(answer);
    },
  };
}

function seenFrom([heard, silentMs, trouble]: readonly [number, number, string]): SeenWorker {
  return { heardAt: new Date(heard).toISOString(), silentMs, trouble: trouble === '' ? null : trouble };
}
