import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { SeenWorker } from '../../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../../ports/cards.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { BEAT, SEEN } from './worker-scripts.ts';

const seenSchema = z.tuple([z.coerce.number(), z.number(), z.string()]).nullable();

/** A worker's heartbeat in Redis. The key does not expire, so that people see since when the worker is silent. */
export function redisHeartbeat({ redis, cluster }: { readonly redis: Redis; readonly cluster: string }): Heartbeat {
  const { worker } = clusterKeys(cluster);
  return {
    async beat(trouble) {
      await runScript(redis, BEAT, [worker], trouble ?? '');
    },
    async seen() {
      const answer = seenSchema.parse(await runScript(redis, SEEN, [worker]));
      return answer === null ? null : seenFrom(answer);
    },
  };
}

function seenFrom([heard, silentMs, trouble]: readonly [number, number, string]): SeenWorker {
  return { heardAt: new Date(heard).toISOString(), silentMs, trouble: trouble === '' ? null : trouble };
}
