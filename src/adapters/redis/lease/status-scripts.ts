/** The last status ('' without one, 'too long' for a text that no worker has written), and Redis' time in ms. KEYS: status. ARGV: most bytes. */
export const READ_STATUS = `
local now = redis.call('TIME')
local text = redis.call('STRLEN', KEYS[1]) > tonumber(ARGV[1]) and 'too long' or redis.call('GET', KEYS[1])
return { text or '', now[1] * 1000 + math.floor(now[2] / 1000) }`;

/**
 * The digests of many statuses, to see which are new; '' for a value of another type. More bytes than a worker writes count as
 * unchanged, as READ_STATUS refuses them. KEYS: status, of each.
 */
export const STATUS_DIGESTS = `
local found = {}
for at, key in ipairs(KEYS) do
  local text = redis.pcall('GETRANGE', key, 0, 262144)
  found[at] = type(text) == 'string' and redis.sha1hex(text) or ''
end
return found`;

/** Asks for an inspection: Redis' time in ms, and more than the request before. KEYS: worker. */
export const ASK_FOR_STATUS = `
local now = redis.call('TIME')
local last = redis.call('HSTRLEN', KEYS[1], 'ask') <= 16 and tonumber(redis.call('HGET', KEYS[1], 'ask') or '') or 0
local asked = now[1] * 1000 + math.floor(now[2] / 1000)
if asked <= last then asked = last + 1 end
redis.call('HSET', KEYS[1], 'ask', string.format('%.0f', asked))
return asked`;
