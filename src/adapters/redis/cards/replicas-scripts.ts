/** Lua scripts, which Redis runs atomically. */

/** Stores that a replica runs, drops old ones, and returns how many run. KEYS: replicas. ARGV: the replica, lifetime in ms, most that are counted. */
export const BEAT_REPLICA = `
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local since = string.format('%.0f', ms - tonumber(ARGV[2]))
redis.call('ZADD', KEYS[1], string.format('%.0f', ms), ARGV[1])
for _, old in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', '(' .. since, 'BYSCORE', 'LIMIT', 0, 16)) do
  redis.call('ZREM', KEYS[1], old)
end
return #redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', since, 'LIMIT', 0, ARGV[3])`;

/** KEYS: replicas. ARGV: the replica. */
export const LEAVE_REPLICAS = `return redis.call('ZREM', KEYS[1], ARGV[1])`;
