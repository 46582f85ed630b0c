import type { Redis } from 'ioredis';
import { ask } from './failures.ts';

/** Settings of Redis that lose data or that we cannot work with; empty when all is well. Asks Redis once. */
export async function badSettings(redis: Redis): Promise<readonly string[]> {
  return badIn(await ask(redis.info()));
}

/** The same, from the text of INFO. */
export function badIn(info: string): readonly string[] {
  return SETTINGS.filter(({ field, bad }) => new RegExp(`^(?:${bad.source})$`).test(fieldIn(info, field) ?? '')).map(
    ({ says }) => says,
  );
}

/** Settings that are not in the text: some managed services hide them. */
export const hiddenIn = (info: string): readonly string[] =>
  SETTINGS.filter(({ field }) => fieldIn(info, field) === null).map(({ name }) => name);

/** A field of INFO; null without it. */
export const fieldIn = (info: string, field: string): string | null =>
  new RegExp(`^${field}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null;

/** Fields of INFO (redis.io, "INFO"). */
const SETTINGS: readonly {
  readonly field: string;
  /** As in redis.conf. */
  readonly name: string;
  readonly bad: RegExp;
  readonly says: string;
}[] = [
  {
    field: 'cluster_enabled',
    name: 'cluster-enabled',
    bad: /1/,
    says: 'Redis Cluster is not supported: use one Redis, or Redis with Sentinel.',
  },
  {
    field: 'maxmemory_policy',
    name: 'maxmemory-policy',
    bad: /(?!noeviction)\S+/,
    says: 'Redis may evict records and jobs when its memory is full: set maxmemory-policy noeviction.',
  },
  {
    field: 'aof_enabled',
    name: 'appendonly',
    bad: /0/,
    says: 'Redis loses queued changes at a restart: set appendonly yes.',
  },
];
