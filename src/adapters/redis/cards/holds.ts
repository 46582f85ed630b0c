import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { PlainFailure } from '../../../domain/answers/failure.ts';
import { type Hold, holdSchema } from '../../../domain/policy/hold.ts';
import { canonicalJson } from '../../../domain/text/canonical.ts';
import { jsonIn } from '../../../domain/text/json.ts';
import type { Holds } from '../../../ports/policy.ts';
import { recordFault } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { ALL, LIFT, SET } from './holds-scripts.ts';

/** All holds are read at every decision. */
const MOST_HOLDS = 1_000;
/** A reason has at most 200 characters. */
const MOST_BYTES = 2 * 1024 * 1024;

const allSchema = z.union([z.literal(-1), z.array(z.string())]);

/** The freezes and locks of a cluster in Redis: one hash, which is nearly always empty. */
export function redisHolds({ redis, cluster }: { readonly redis: Redis; readonly cluster: string }): Holds {
  const key = clusterKeys(cluster).holds;
  return {
    async all() {
      const words = allSchema.parse(await runScript(redis, ALL, [key], MOST_BYTES));
      if (words === -1) throw unreadable(cluster);
      // HGETALL returns fields and values in turn.
      return words.flatMap((field, n) => (n % 2 === 0 ? [holdFrom(field, words[n + 1] ?? '', cluster)] : []));
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
  throw unreadable(cluster);
}

function unreadable(cluster: string): PlainFailure {
  return recordFault(
    cluster,
    'This version cannot read one of its freezes or locks in Redis, so no change starts.',
    `If a newer version wrote it, update this bot. Otherwise find out who wrote it, then run \`redis-cli hdel ${clusterKeys(cluster).holds} FIELD\` with its field.`,
  );
}
