import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { jsonIn } from '../../../domain/text/json.ts';
import type { Replicas } from '../../../ports/cards.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { BEAT_REPLICA, LEAVE_REPLICAS } from './replicas-scripts.ts';

/** Three beats. */
const LIVES_MS = 30_000;
/** Nobody runs as many; a longer list is not ours. */
const MOST = 64;
/** Slack opens each connection anew within about five hours, and says the count then. */
const SEEN_LIVES_MS = 12 * 3_600_000;
const MOST_BYTES = 256;

const countSchema = z.int();
const seenSchema = z.strictObject({
  connections: z.int().min(1),
  replicas: z.int().min(1),
  at: z.iso.datetime(),
});

/** The replicas of a bot in Redis, below the first cluster's prefix, which every replica may write. */
export function redisReplicas(options: { readonly redis: Redis; readonly clusters: Iterable<string> }): Replicas {
  const { redis, clusters } = options;
  const own = randomUUID();
  const keys = () => {
    const [home = ''] = [...clusters].toSorted();
    return clusterKeys(home);
  };
  return {
    async beat() {
      const running = countSchema.parse(await runScript(redis, BEAT_REPLICA, [keys().replicas], own, LIVES_MS, MOST));
      return running >= MOST ? null : running;
    },
    async leave() {
      await runScript(redis, LEAVE_REPLICAS, [keys().replicas], own);
    },
    async keep(seen) {
      await ask(redis.set(keys().sockets, JSON.stringify(seen), 'PX', SEEN_LIVES_MS));
    },
    async seen() {
      const text = await ask(redis.getrange(keys().sockets, 0, MOST_BYTES));
      return seenSchema.safeParse(jsonIn(text)).data ?? null;
    },
  };
}
