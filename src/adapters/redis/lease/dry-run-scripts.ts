/** Stores a request; 0 if so many others wait. KEYS: asked. ARGV: the request, lifetime in ms, most requests. */
export const ASK_FOR_DRY_RUN = `
local now = redis.call('TIME')
local us = now[1] * 1000000 + now[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', us - tonumber(ARGV[2]) * 1000))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', us), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** The oldest request that still waits; '' without one. A text that no bot has written is removed. KEYS: asked. ARGV: lifetime in ms, most bytes. */
export const OLDEST_DRY_RUN = `
local now = redis.call('TIME')
local us = now[1] * 1000000 + now[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', us - tonumber(ARGV[1]) * 1000))
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
if oldest and #oldest > tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], oldest)
  return ''
end
return oldest or ''`;

/** Removes a request. KEYS: asked. ARGV: the request. */
export const END_DRY_RUN = `return redis.call('ZREM', KEYS[1], ARGV[1])`;
