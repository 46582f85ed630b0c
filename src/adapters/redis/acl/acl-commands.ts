import * as cardScripts from '../cards/cards-scripts.ts';
import * as holdScripts from '../cards/holds-scripts.ts';
import * as workerScripts from '../lease/worker-scripts.ts';
import * as changeScripts from '../record/changes-scripts.ts';

/** What connecting takes: ioredis asks INFO whether Redis has loaded its data, BullMQ asks it for the version. */
const CONNECTING = words('client|setname info ping quit');

/** What BullMQ's scripts call for the bot: a job is added, the jobs ahead of one are read, and one that has ended is added anew. A test reads the scripts and compares. */
export const QUEUE_OF_BOT =
  words(`del exists get hget hgetall hmget hmset hset incr lindex llen lpos lpush lrange lrem persist pttl rpop rpush
  sadd scard set smembers srem xadd zadd zrange zrem zrevrange zrevrangebyscore zscore`);

/** The same for a worker, of every script that a worker of ours can come to. */
export const QUEUE_OF_WORKER =
  words(`del exists get hdel hexists hget hgetall hincrby hmget hmset hset incr lindex llen lpush lrange lrem
  ltrim pexpire pttl rpop rpoplpush rpush sadd scard set smembers srem xadd xtrim zadd zcard zpopmin zrange zrangebyscore zrem
  zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zscore`);

/** Every command of Redis that the bot needs, in scripts or by itself. */
export const BOT_COMMANDS = inOrder([
  ...CONNECTING,
  ...words('eval evalsha hdel hgetall hmget hset psubscribe smembers'),
  ...Object.values({ ...changeScripts, ...cardScripts, ...holdScripts, ...workerScripts }).flatMap(commandsIn),
  ...QUEUE_OF_BOT,
]);

/** Every command of Redis that a worker needs. */
export const WORKER_COMMANDS = inOrder([
  ...CONNECTING,
  ...words('bzpopmin eval evalsha get hgetall hset smembers'),
  ...Object.values({ ...changeScripts, ...workerScripts }).flatMap(commandsIn),
  ...QUEUE_OF_WORKER,
]);

/** The commands that a Lua script names, as the words of an ACL. */
export function commandsIn(lua: string): readonly string[] {
  return [...lua.matchAll(/\b(?:redis\.p?call|rcall)\(\s*["']([A-Za-z]+)["']/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
}

function inOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
