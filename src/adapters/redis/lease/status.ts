import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { clusterStatusSchema, type SeenStatus } from '../../../domain/questions/status/cluster-status.ts';
import type { StatusBoard } from '../../../ports/status.ts';
import { ask, recordFault } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { ASK_FOR_STATUS, READ_STATUS } from './status-scripts.ts';

export interface StatusOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the worker, so that nobody else can say that HA holds. */
  readonly proof: Proof;
}

/** Bytes of a status: one of 40 nodes with 5 archives, in which everything is wrong, has about 60 kB. */
const MOST_BYTES = 256 * 1024;

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const textSchema = z.tuple([z.string(), z.number()]);
const requestSchema = z.int().nonnegative();
/** What every version can read; the status itself may be of a newer one. */
const envelope = z.object({ at: z.int(), answers: requestSchema, status: z.unknown() });

/** A worker's last status in Redis, with its time by Redis' clock. The key does not expire: it is what was known last. */
export function redisStatus({ redis, cluster, proof }: StatusOptions): StatusBoard {
  const { status: key, worker } = clusterKeys(cluster);
  return {
    async put(status, answers) {
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const said = { at: seconds * 1000 + Math.floor(micros / 1000), answers, status };
      const text = signedText(said, { cluster }, proof);
      if (Buffer.byteLength(text) > MOST_BYTES) throw tooLong(cluster);
      await ask(redis.set(key, text));
    },
    async seen() {
      const [text, now] = textSchema.parse(await runScript(redis, READ_STATUS, [key], MOST_BYTES));
      if (text === '') return { is: 'none' };
      const said = saidIn(text, { cluster }, envelope, proof);
      return said === null ? { is: 'unverified' } : seenFrom(said, now);
    },
    ask: async () => requestSchema.parse(await runScript(redis, ASK_FOR_STATUS, [worker])),
  };
}

function seenFrom({ at, answers, status }: z.infer<typeof envelope>, now: number): SeenStatus {
  const read = clusterStatusSchema.safeParse(status);
  return read.success ? { is: 'seen', status: read.data, ageMs: now - at, answers } : { is: 'newer' };
}

const tooLong = (cluster: string) =>
  recordFault(cluster, 'Its status is larger than 256 kB, so it was not stored.', 'Look at the worker’s log.');
