import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import type { SeenWorker } from '../../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../../ports/cards.ts';
import { ask } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { SEEN } from './worker-scripts.ts';

/** Options of a cluster's heartbeat. */
export interface HeartbeatOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the worker, so that nobody else can put words on a card, or make a silent worker look alive. */
  readonly proof: Proof;
}

/** Characters of the worker's trouble; cards show it. */
const TROUBLE_LIMIT = 1_000;

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const seenSchema = z.tuple([z.string(), z.number()]);
const beatSchema = z.object({ at: z.int(), trouble: z.string().nullable() });

/**
 * A worker's heartbeat in Redis, with its time by Redis' clock, because the clocks of bot and worker may differ. The key does not expire,
 * so that people see since when the worker is silent.
 */
export function redisHeartbeat({ redis, cluster, proof }: HeartbeatOptions): Heartbeat {
  const { worker } = clusterKeys(cluster);
  return {
    async beat(trouble) {
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const at = seconds * 1000 + Math.floor(micros / 1000);
      const said = { at, trouble: trouble === null ? null : trouble.slice(0, TROUBLE_LIMIT) };
      await ask(redis.hset(worker, 'beat', signedText(said, { cluster }, proof)));
    },
    async seen() {
      const [text, now] = seenSchema.parse(await runScript(redis, SEEN, [worker]));
      if (text === '') return null;
      const beat = saidIn(text, { cluster }, beatSchema, proof);
      return beat === null ? 'unverified' : seenFrom(beat, now);
    },
  };
}

function seenFrom({ at, trouble }: z.infer<typeof beatSchema>, now: number): SeenWorker {
  return { heardAt: new Date(at).toISOString(), silentMs: now - at, trouble };
}
