import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { ask, recordFault } from '../server/failures.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { READ_STATUS } from './status-scripts.ts';

export interface SignedBoardOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the worker, so that nobody else can say what a worker has found. */
  readonly proof: Proof;
}

/** What was said last, and Redis' time now, in ms. */
export type SeenBoard<T> =
  | { readonly is: 'none' | 'unverified' }
  | { readonly is: 'said'; readonly said: T; readonly now: number };

/** Bytes: a status of 40 nodes in which everything is wrong has about 60 kB, two lists of 60 findings at most 230 kB. */
const MOST_BYTES = 256 * 1024;

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const textSchema = z.tuple([z.string(), z.number()]);

/** What a worker has said last under one key: signed, bounded, with its time by Redis' clock. `what` begins a sentence. */
export function signedBoard({ redis, cluster, proof }: SignedBoardOptions, key: string, what: string) {
  return {
    /** Stores it with its time as `at`. */
    async put(about: object): Promise<void> {
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const said = { at: seconds * 1000 + Math.floor(micros / 1000), ...about };
      const text = signedText(said, { cluster }, proof);
      if (Buffer.byteLength(text) > MOST_BYTES) {
        const says = `${what} is larger than 256 kB, so it was not stored.`;
        throw recordFault(cluster, says, 'Look at the worker’s log.');
      }
      await ask(redis.set(key, text));
    },
    /** `envelope`: what every version can read. */
    async seen<T>(envelope: z.ZodType<T>): Promise<SeenBoard<T>> {
      const [text, now] = textSchema.parse(await runScript(redis, READ_STATUS, [key], MOST_BYTES));
      if (text === '') return { is: 'none' };
      const said = saidIn(text, { cluster }, envelope, proof);
      return said === null ? { is: 'unverified' } : { is: 'said', said, now };
    },
  };
}
