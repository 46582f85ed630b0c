import type { Redis } from 'ioredis';
import { ask } from './failures.ts';

/** Keys of one command. Redis compares each key with the patterns of the bot's user, one for each cluster. */
export const KEYS_AT_ONCE = 100;

/**
 * Those of these keys that exist; a set without members does not. Of many keys few are usually there, so one command asks for many, and
 * only where some are, for fewer. `likely` ones are asked one by one.
 */
export async function existing(
  redis: Redis,
  keys: readonly string[],
  likely: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const found: string[] = [];
  for (const chunk of chunksOf(keys.filter((key) => likely.has(key))))
    found.push(...(await Promise.all(chunk.map((key) => among(redis, [key])))).flat());
  for (const chunk of chunksOf(keys.filter((key) => !likely.has(key)))) found.push(...(await among(redis, chunk)));
  return new Set(found);
}

async function among(redis: Redis, keys: readonly string[]): Promise<readonly string[]> {
  const count = await ask(redis.exists(...keys));
  if (count === 0) return [];
  if (count === keys.length) return keys;
  const half = Math.ceil(keys.length / 2);
  return (await Promise.all([among(redis, keys.slice(0, half)), among(redis, keys.slice(half))])).flat();
}

/** Parts for one command each. */
export function chunksOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / KEYS_AT_ONCE) }, (_, at) =>
    all.slice(at * KEYS_AT_ONCE, (at + 1) * KEYS_AT_ONCE),
  );
}
