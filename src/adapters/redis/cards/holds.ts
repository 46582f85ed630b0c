import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Hold, holdSchema } from '../../../domain/policy/hold.ts';
import { canonicalJson } from '../../../domain/text/canonical.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import type { Holds } from '../../../ports/policy.ts';
import { ask, recordFault } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { LIFT, SET } from './holds-scripts.ts';

/** All holds are read at every decision. */
const MOST_HOLDS = 1_000;

/** The freezes and locks of a cluster in Redis: one hash, which is nearly always empty. */
export function redisHolds({ redis, cluster }: { readonly redis: Redis; readonly cluster: string }): Holds {
  const key = clusterKeys(cluster).holds;
  return {
    async all() {
      const texts = z.record(z.string(), z.string()).parse(await ask(redis.hgetall(key)));
      return Object.entries(texts).map(([field, text]) => holdFrom(field, text, cluster));
    },
    async set(hold) {
      const answer = await runScript(redis, SET, [key], fieldOf(hold), canonicalJson(hold), MOST_HOLDS);
      if (answer === -1) throw recordFault(cluster, `It already has ${MOST_HOLDS} locks.`, 'Lift some locks first.');
      return answer === 1;
    },
    lift: async (hold) => (await runScript(redis, LIFT, [key], fieldOf(hold), canonicalJson(hold))) === 1,
  };
}

const fieldOf = ({ verb, node }: Hold): string => (node === null ? verb : `${verb}:${node}`);

/** Throws for an unreadable hold, because it may be a freeze. */
function holdFrom(field: string, text: string, cluster: string): Hold {
  const hold = holdSchema.safeParse(jsonIn(text));
  if (hold.success && fieldOf(hold.data) === field) return hold.data;
  throw recordFault(
    cluster,
    'This version cannot read one of its freezes or locks in Redis, so no change starts.',
    `If a newer version wrote it, update this bot. Otherwise find out who wrote it, then run \`redis-cli hdel ${clusterKeys(cluster).holds} FIELD\` with its field.`,
  );
}
