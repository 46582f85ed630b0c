import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { runScript } from '../server/script.ts';

/** Key of BullMQ that keeps the workers from looking for stalled jobs more often than every interval. */
const STALLED_CHECK = 'stalled-check';

/** KEYS: active jobs, stalled-check. ARGV: prefix of a job's key, ms of a lock, ms of stalled-check. */
const SHORTEN = `
local function shorten(key, ms)
  if redis.call('PTTL', key) <= tonumber(ms) then return 0 end
  return redis.call('PEXPIRE', key, ms)
end
local n = shorten(KEYS[2], ARGV[3])
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, 99)) do n = n + shorten(ARGV[1] .. id .. ':lock', ARGV[2]) end
return n`;

/**
 * Gives locks that last longer than they were made for their usual time. Redis keeps an expiry as a time of day: when its clock is set
 * back by an hour, a dead worker's lock lasts an hour more. A worker that lives renews its lock anyway.
 */
export async function shortenAfterSetBack(
  queue: Pick<Worker, 'toKey'>,
  redis: Redis,
  { lockMs, checkMs }: { readonly lockMs: number; readonly checkMs: number },
): Promise<boolean> {
  const keys = [queue.toKey('active'), queue.toKey(STALLED_CHECK)];
  return Number(await runScript(redis, SHORTEN, keys, queue.toKey(''), lockMs, checkMs)) > 0;
}
