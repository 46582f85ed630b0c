import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { atMost } from '../../../domain/text/length.ts';
import type { DailyChecks, Told } from '../../../ports/status.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { saidIn, signedText } from '../server/signed-text.ts';

export interface ToldOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as a bot, so that nobody else can silence a message. */
  readonly proof: Proof;
}

const sentences = z.array(z.string()).check(atMost(100));
const toldSchema = z.object({ troubles: sentences });
const checkedSchema = z.object({ day: z.iso.date().nullable(), findings: sentences });

/** Bytes that are read; 100 troubles have at most 60 kB. */
const MOST_BYTES = 128 * 1024;

/**
 * What people were told, in Redis. What no trusted bot has signed counts as nothing. So does what a newer version wrote: after a way back
 * to an older version nobody else would tell, and a message that comes twice does less harm than one that never comes.
 */
export function redisTold({ redis, cluster, proof }: ToldOptions): Told {
  const key = clusterKeys(cluster).told;
  const about = { cluster };
  return {
    async last() {
      const told = saidIn(await ask(redis.getrange(key, 0, MOST_BYTES)), about, toldSchema, proof);
      return told.is === 'said' ? told.said.troubles : null;
    },
    note: async (troubles) => void (await ask(redis.set(key, signedText({ troubles }, about, proof)))),
  };
}

/** The last daily check, in Redis, with the same rules. */
export function redisDailyChecks({ redis, cluster, proof }: ToldOptions): DailyChecks {
  const key = clusterKeys(cluster).toldDaily;
  const about = { cluster, of: 'daily' };
  return {
    async last() {
      const checked = saidIn(await ask(redis.getrange(key, 0, MOST_BYTES)), about, checkedSchema, proof);
      return checked.is === 'said' ? checked.said : null;
    },
    note: async ({ day, findings }) => void (await ask(redis.set(key, signedText({ day, findings }, about, proof)))),
  };
}
