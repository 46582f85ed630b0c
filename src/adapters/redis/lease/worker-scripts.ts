/** Lua scripts, which Redis runs atomically. */

/** The last heartbeat ('' without one, 'too long' for a text that no worker has written), and Redis' time in ms. KEYS: worker. */
export const SEEN = `
local now = redis.call('TIME')
local beat = redis.call('HSTRLEN', KEYS[1], 'beat') > 16384 and 'too long' or redis.call('HGET', KEYS[1], 'beat')
return { beat or '', now[1] * 1000 + math.floor(now[2] / 1000) }`;

/** The last heartbeats of many workers after Redis' time in ms, each as in SEEN; a value of another type hides no other. KEYS: worker, of each. */
export const SEEN_EACH = `
local now = redis.call('TIME')
local found = { now[1] * 1000 + math.floor(now[2] / 1000) }
for at, key in ipairs(KEYS) do
  local length = redis.pcall('HSTRLEN', key, 'beat')
  local isBeat = type(length) == 'number' and length <= 16384
  found[at + 1] = isBeat and (redis.call('HGET', key, 'beat') or '') or 'too long'
end
return found`;

/** Stores a heartbeat; returns the last request for an inspection, '' without one. KEYS: worker. ARGV: the heartbeat. */
export const BEAT = `
redis.call('HSET', KEYS[1], 'beat', ARGV[1])
return redis.call('HSTRLEN', KEYS[1], 'ask') <= 16 and redis.call('HGET', KEYS[1], 'ask') or ''`;

/** The next fencing token for the holder of the job's lock, else 0. KEYS: the job's lock, fence. ARGV: token of the lock. */
export const TAKE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('INCR', KEYS[2])`;
