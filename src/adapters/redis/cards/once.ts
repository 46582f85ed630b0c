import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Once } from '../../../ports/cards.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';

/** Slack sends an envelope again within minutes, and a signed request is valid for five. */
const KEPT_MS = 3_600_000;

/** Names that a bot has met, for all replicas; kept below the first cluster's prefix, which every replica may write. */
export function redisOnce({ redis, clusters }: { readonly redis: Redis; readonly clusters: Iterable<string> }): Once {
  return {
    async isFirst(name) {
      const [home = ''] = [...clusters].toSorted();
      const key = `${clusterKeys(home).once}:${createHash('sha256').update(name).digest('hex')}`;
      return (await ask(redis.set(key, '1', 'PX', KEPT_MS, 'NX'))) === 'OK';
    },
  };
}
