/** The first job IDs of each state, in the order in which they run. KEYS: active, wait, prioritized, delayed. ARGV: most, longest ID. */
export const AHEAD = `
local ids = {}
local function add(id) if #id <= tonumber(ARGV[2]) then ids[#ids + 1] = id end end
for n = 1, 2 do
  local list = redis.call('LRANGE', KEYS[n], -tonumber(ARGV[1]), -1)
  for at = #list, 1, -1 do add(list[at]) end
end
for n = 3, 4 do
  for _, id in ipairs(redis.call('ZRANGE', KEYS[n], 0, tonumber(ARGV[1]) - 1)) do add(id) end
end
return ids`;

/**
 * Removes jobs that are larger than a bot and BullMQ write them, and returns the begin of their IDs. KEYS: active, wait, prioritized,
 * delayed. ARGV: prefix of a job's key, most bytes, most fields, longest ID, most jobs of a state.
 */
export const DROP_LARGE = `
local dropped = {}
local function isLarge(id)
  if #id > tonumber(ARGV[4]) then return true end
  local fields = redis.pcall('HLEN', ARGV[1] .. id)
  if type(fields) ~= 'number' or fields > tonumber(ARGV[3]) then return true end
  local bytes = 0
  for _, field in ipairs(redis.call('HKEYS', ARGV[1] .. id)) do
    bytes = bytes + #field + redis.call('HSTRLEN', ARGV[1] .. id, field)
  end
  return bytes > tonumber(ARGV[2])
end
local function drop(id)
  redis.call('DEL', ARGV[1] .. id, ARGV[1] .. id .. ':lock')
  dropped[#dropped + 1] = string.sub(id, 1, tonumber(ARGV[4]))
end
for n = 1, 2 do
  for _, id in ipairs(redis.call('LRANGE', KEYS[n], -tonumber(ARGV[5]), -1)) do
    if isLarge(id) then drop(id) redis.call('LREM', KEYS[n], 0, id) end
  end
end
for n = 3, 4 do
  for _, id in ipairs(redis.call('ZRANGE', KEYS[n], 0, tonumber(ARGV[5]) - 1)) do
    if isLarge(id) then drop(id) redis.call('ZREM', KEYS[n], id) end
  end
end
return dropped`;
