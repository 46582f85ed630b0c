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

const sentences = z.array(z.string()).check(atMost(100)).readonly();
const toldSchema = z.object({ troubles: sentences });
const checkedSchema = z.object({ day: z.iso.date().nullable(), findings: sentences });

/** Bytes that are read; 100 troubles have at most 60 kB. */
const MOST_BYTES = 128 * 1024;

/**
 * What people were told, in Redis. What no trusted bot has signed counts as nothing. So does what a newer version wrote: after a way back
 * to an older version nobody else would tell, and a message that comes twice does less harm than one that never comes.
 */
export function redisTold(options: ToldOptions): Told {
  const { cluster } = options;
  const { last, note } = signedNote(options, clusterKeys(cluster).told, { cluster }, toldSchema);
  return {
    last: async () => (await last())?.troubles ?? null,
    note: (troubles) => note({ troubles }),
  };
}

/** The last daily check, in Redis, with the same rules. */
export const redisDailyChecks = (options: ToldOptions): DailyChecks =>
  signedNote(options, clusterKeys(options.cluster).toldDaily, { cluster: options.cluster, of: 'daily' }, checkedSchema);

/** A value under one key, signed for what it is about. */
function signedNote<T extends object>(
  { redis, proof }: ToldOptions,
  key: string,
  about: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
) {
  return {
    async last(): Promise<T | null> {
      const noted = saidIn(await ask(redis.getrange(key, 0, MOST_BYTES)), about, schema, proof);
      return noted.is === 'said' ? noted.said : null;
    },
    note: async (value: T): Promise<void> => void (await ask(redis.set(key, signedText(value, about, proof)))),
  };
}
