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
  | { readonly is: 'none' | 'unverified' | 'newer' }
  | { readonly is: 'said'; readonly said: T; readonly now: number };

/** How large a text may be, and how long it is kept. */
interface BoardLimits {
  readonly mostBytes: number;
  /** Null: until the next one. */
  readonly livesMs: number | null;
}

/** A status of 40 nodes in which everything is wrong has about 60 kB, two lists of 60 findings at most 230 kB. */
const USUAL: BoardLimits = { mostBytes: 256 * 1024, livesMs: null };

const timeSchema = z.tuple([z.coerce.number(), z.coerce.number()]);
const textSchema = z.tuple([z.string(), z.number()]);

/** What a worker has said last under one key: signed, bounded, with its time by Redis' clock. `what` begins a sentence. */
export function signedBoard(
  { redis, cluster, proof }: SignedBoardOptions,
  key: string,
  what: string,
  { mostBytes, livesMs } = USUAL,
) {
  return {
    /** Stores it with its time as `at`. */
    async put(about: object): Promise<void> {
      const [seconds, micros] = timeSchema.parse(await ask(redis.time()));
      const said = { at: seconds * 1000 + Math.floor(micros / 1000), ...about };
      const text = signedText(said, { cluster }, proof);
      if (Buffer.byteLength(text) > mostBytes) {
        const says = `${what} is larger than ${mostBytes / 1024} kB, so it was not stored.`;
        throw recordFault(cluster, says, 'Look at the worker’s log.');
      }
      await ask(livesMs === null ? redis.set(key, text) : redis.set(key, text, 'PX', livesMs));
    },
    /** `envelope`: what every version can read. */
    async seen<T>(envelope: z.ZodType<T>): Promise<SeenBoard<T>> {
      const [text, now] = textSchema.parse(await runScript(redis, READ_STATUS, [key], mostBytes));
      if (text === '') return { is: 'none' };
      const said = saidIn(text, { cluster }, envelope, proof);
      if (said.is === 'said') return { ...said, now };
      return { is: said.is === 'newer' ? 'newer' : 'unverified' };
    },
  };
}
