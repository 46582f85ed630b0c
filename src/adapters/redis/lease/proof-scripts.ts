/** Stores a request unless another one waits; returns its number (Redis' time in µs), 0 if another one waits. KEYS: asked. ARGV: nodes and depth as JSON, lifetime in ms. */
export const ASK_FOR_PROOF = `
local now = redis.call('TIME')
local request = string.format('%.0f', now[1] * 1000000 + now[2])
local text = '{"request":' .. request .. ',"wish":' .. ARGV[1] .. '}'
if not redis.call('SET', KEYS[1], text, 'NX', 'PX', ARGV[2]) then return '0' end
return request`;

/** Takes the waiting request; '' without one, and for a text that no bot has written. KEYS: asked. ARGV: most bytes. */
export const TAKE_PROOF = `
local text = redis.call('STRLEN', KEYS[1]) <= tonumber(ARGV[1]) and redis.call('GET', KEYS[1]) or ''
redis.call('DEL', KEYS[1])
return text`;
