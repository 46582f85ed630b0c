/** Lua scripts, which Redis runs atomically. */

/** Records a heartbeat by Redis' clock, because the clocks of bot and worker may differ. KEYS: worker. ARGV: trouble. */
export const BEAT = `
local now = redis.call('TIME')
redis.call('HSET', KEYS[1], 'heard', now[1] * 1000 + math.floor(now[2] / 1000), 'trouble', ARGV[1])
return 1`;

/** Time of the last heartbeat, its age in ms, and the trouble. KEYS: worker. */
export const SEEN = `
local heard = redis.call('HGET', KEYS[1], 'heard')
if not heard then return false end
local now = redis.call('TIME')
return { heard, now[1] * 1000 + math.floor(now[2] / 1000) - heard, redis.call('HGET', KEYS[1], 'trouble') or '' }`;

/** The next fencing token for the holder of the job's lock, else 0. KEYS: the job's lock, fence. ARGV: token of the lock. */
export const TAKE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('INCR', KEYS[2])`;
