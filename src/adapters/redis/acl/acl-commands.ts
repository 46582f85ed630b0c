import * as cardScripts from '../cards/cards-scripts.ts';
import * as holdScripts from '../cards/holds-scripts.ts';
import * as replicaScripts from '../cards/replicas-scripts.ts';
import * as dryRunScripts from '../lease/dry-run-scripts.ts';
import * as proofScripts from '../lease/proof-scripts.ts';
import * as statusScripts from '../lease/status-scripts.ts';
import * as workerScripts from '../lease/worker-scripts.ts';
import * as queueScripts from '../queue/queue-scripts.ts';
import * as changeScripts from '../record/changes-scripts.ts';

/** Commands of a connection: ioredis reads from INFO whether Redis has loaded its data, BullMQ reads its version. */
const CONNECTING = words('client|setname info ping quit');

/** Commands of BullMQ's scripts for the bot: add a job, list jobs ahead, add an ended job again. A test compares the scripts. */
export const QUEUE_OF_BOT =
  words(`del exists get hget hgetall hmget hmset hset incr lindex llen lpos lpush lrange lrem persist pttl rpop rpush
  sadd scard set smembers srem xadd zadd zrange zrem zrevrange zrevrangebyscore zscore`);

/** Commands of BullMQ's scripts that a worker can call. */
export const QUEUE_OF_WORKER =
  words(`del exists get hdel hexists hget hgetall hincrby hmget hmset hset incr lindex llen lpush lrange lrem
  ltrim pexpire pttl rpop rpoplpush rpush sadd scard set smembers srem xadd xtrim zadd zcard zpopmin zrange zrangebyscore zrem
  zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zscore`);

/** Every Redis command of the bot, in scripts or direct. */
export const BOT_COMMANDS = inOrder([
  ...CONNECTING,
  ...words('eval evalsha exists getrange hdel psubscribe set'),
  ...[changeScripts, cardScripts, holdScripts, replicaScripts, queueScripts].flatMap(commandsOf),
  ...[workerScripts, statusScripts, proofScripts, dryRunScripts].flatMap(commandsOf),
  ...QUEUE_OF_BOT,
]);

/** Every Redis command of a worker. */
export const WORKER_COMMANDS = inOrder([
  ...CONNECTING,
  ...words('bzpopmin eval evalsha get hgetall hset set time'),
  ...commandsIn(holdScripts.ALL),
  ...[changeScripts, queueScripts, workerScripts, statusScripts, proofScripts, dryRunScripts].flatMap(commandsOf),
  ...QUEUE_OF_WORKER,
]);

/** The commands in a Lua script, as ACL words. */
export function commandsIn(lua: string): readonly string[] {
  return [...lua.matchAll(/\b(?:redis\.p?call|rcall)\(\s*["']([A-Za-z]+)["']/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
}

/** Script by script: two files may have scripts of the same name. */
function commandsOf(scripts: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(scripts).flatMap(commandsIn);
}

function inOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
