import type { Redis } from 'ioredis';
import { ask } from './failures.ts';

/** Settings of Redis that lose data or that we cannot work with; empty when all is well. Asks Redis once. */
export async function badSettings(redis: Redis): Promise<readonly string[]> {
  const info = await ask(redis.info());
  const is = (field: string, value: RegExp) => new RegExp(`^${field}:(?:${value.source})\r?$`, 'm').test(info);
  return SETTINGS.filter(({ field, bad }) => is(field, bad)).map(({ says }) => says);
}

/** Fields of INFO (redis.io, "INFO"). */
const SETTINGS: readonly { readonly field: string; readonly bad: RegExp; readonly says: string }[] = [
  {
    field: 'cluster_enabled',
    bad: /1/,
    says: 'Redis Cluster is not supported: use one Redis, or Redis with Sentinel.',
  },
  {
    field: 'maxmemory_policy',
    bad: /(?!noeviction)\S+/,
    says: 'Redis may evict records and jobs when its memory is full: set maxmemory-policy noeviction.',
  },
  {
    field: 'aof_enabled',
    bad: /0/,
    says: 'Redis loses queued changes at a restart: set appendonly yes.',
  },
];
