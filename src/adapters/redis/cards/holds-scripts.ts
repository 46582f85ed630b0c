/** Every hold; -1 if they are more, or have more bytes, than bots can have written. KEYS: holds. ARGV: most bytes, most holds. */
export const ALL = `
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[2]) then return -1 end
local all = redis.call('HGETALL', KEYS[1])
local bytes = 0
for _, word in ipairs(all) do bytes = bytes + #word end
return bytes > tonumber(ARGV[1]) and -1 or all`;

/** Sets a hold if there is none. KEYS: holds. ARGV: field, hold, most. Returns 1 set, 0 held already, -1 too many. */
export const SET = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] and 1 or 0 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** Lifts exactly this hold. KEYS: holds. ARGV: field, hold. */
export const LIFT = `
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`;
