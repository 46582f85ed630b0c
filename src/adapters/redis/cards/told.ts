import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { atMost } from '../../../domain/text/length.ts';
import type { Told } from '../../../ports/status.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { saidIn, signedText } from '../server/signed-text.ts';

export interface ToldOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as a bot, so that nobody else can silence a message. */
  readonly proof: Proof;
  /** For what the daily checks have told, instead of news about inspections. */
  readonly isDaily?: boolean;
}

const toldSchema = z.object({ troubles: z.array(z.string()).check(atMost(100)) });

/** Bytes that are read; 100 troubles have at most 60 kB. */
const MOST_BYTES = 128 * 1024;

/**
 * What people were told, in Redis. What no trusted bot has signed counts as nothing. So does what a newer version wrote: after a way back
 * to an older version nobody else would tell, and a message that comes twice does less harm than one that never comes.
 */
export function redisTold({ redis, cluster, proof, isDaily = false }: ToldOptions): Told {
  const { told, toldDaily } = clusterKeys(cluster);
  const key = isDaily ? toldDaily : told;
  const about = { cluster, ...(isDaily ? { of: 'daily' } : {}) };
  return {
    async last() {
      const text = await ask(redis.getrange(key, 0, MOST_BYTES));
      const told = saidIn(text, about, toldSchema, proof);
      return told.is === 'said' ? told.said.troubles : null;
    },
    note: async (troubles) => void (await ask(redis.set(key, signedText({ troubles }, about, proof)))),
  };
}
