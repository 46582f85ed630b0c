import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { ask } from './failures.ts';

/** Runs a Lua script atomically. A connection sends the text once, then its digest, and the text again if Redis lost it. */
export function runScript(
  redis: Redis,
  lua: string,
  keys: readonly string[],
  ...words: readonly (string | number)[]
): Promise<unknown> {
  const name = nameOf(lua);
  if (!Object.hasOwn(redis, name)) redis.defineCommand(name, { lua });
  // ioredis adds the command to the connection at run time, so it has no static type.
  const command: unknown = Reflect.get(redis, name);
  if (typeof command !== 'function') throw new TypeError('ioredis did not define the command.');
  return ask(Promise.resolve(Reflect.apply(command, redis, [keys.length, ...keys, ...words])));
}

const names = new Map<string, string>();

function nameOf(lua: string): string {
  const known = names.get(lua);
  if (known !== undefined) return known;
  const name = `script-${createHash('sha1').update(lua).digest('hex')}`;
  names.set(lua, name);
  return name;
}
