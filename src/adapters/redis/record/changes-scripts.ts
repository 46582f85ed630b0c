/** Atomic Lua scripts. Each publishes before it writes, so that a Redis user without permission for the channel changes nothing. */

/**
 * Appends an entry if the record has the expected length. KEYS: record, state, card, replies, open, behind, fence, recent.
 * ARGV: id, version, event, token, effect (opens, ends, none), ms that it is kept after its end (relative, because the clock of a bot may be wrong), limit of entries, limit of bytes, step, fence or '', channel.
 * Returns 1 appended, 0 another length, -1 record full, -2 another worker has taken over. A repeated token (ioredis retried) returns 1.
 * An entry about a step deletes the progress of that step and of the wait before the steps; any other entry deletes all progress.
 * An entry that ends the change may exceed the limits by 16 entries and one MiB, so that a full record can be closed.
 */
export const APPEND = `
if ARGV[10] ~= '' and redis.call('GET', KEYS[7]) ~= ARGV[10] then return -2 end
local length = redis.call('LLEN', KEYS[1])
local version = tonumber(ARGV[2])
if length ~= version then
  if length == version + 1 and redis.call('HGET', KEYS[2], 'last') == ARGV[4] then return 1 end
  return 0
end
local bytes = tonumber(redis.call('HGET', KEYS[2], 'bytes') or 0) + #ARGV[3]
local most = tonumber(ARGV[7])
if ARGV[5] == 'ends' then
  if length >= most + 16 or bytes > tonumber(ARGV[8]) + 1048576 then return -1 end
elseif length >= most or bytes > tonumber(ARGV[8]) then
  return -1
end
redis.call('PUBLISH', ARGV[11], ARGV[1])
redis.call('RPUSH', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[2], 'last', ARGV[4], 'bytes', bytes)
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local isOfAll = ARGV[9] == '' and string.sub(field, 1, 9) == 'progress:'
  if isOfAll or field == 'progress:start' or field == 'progress:' .. ARGV[9] then redis.call('HDEL', KEYS[2], field) end
end
redis.call('HINCRBY', KEYS[2], 'revision', 1)
if ARGV[5] == 'opens' then
  redis.call('SADD', KEYS[5], ARGV[1])
  for n = 1, 4 do redis.call('PERSIST', KEYS[n]) end
elseif ARGV[5] == 'ends' then
  redis.call('SREM', KEYS[5], ARGV[1])
  for n = 1, 4 do redis.call('PEXPIRE', KEYS[n], ARGV[6]) end
end
redis.call('SADD', KEYS[6], ARGV[1])
if version == 0 then
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[8], now[1] * 1000000 + now[2], ARGV[1])
  redis.call('ZREMRANGEBYRANK', KEYS[8], 0, -10001)
end
return 1`;

/** Stores a step's latest progress if the change is open. KEYS: record, state, open, behind, fence. ARGV: id, progress, step, fence or '', channel. */
export const PROGRESS = `
if ARGV[4] ~= '' and redis.call('GET', KEYS[5]) ~= ARGV[4] then return 0 end
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[5], ARGV[1])
redis.call('HSET', KEYS[2], 'progress:' .. ARGV[3], ARGV[2])
redis.call('HINCRBY', KEYS[2], 'revision', 1)
redis.call('SADD', KEYS[4], ARGV[1])
return 1`;

/** Announces an open change whose record is unchanged. KEYS: state, open, behind. ARGV: id, channel. */
export const REDRAW = `
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[2], ARGV[1])
redis.call('HINCRBY', KEYS[1], 'revision', 1)
redis.call('SADD', KEYS[3], ARGV[1])
return 1`;

/**
 * Reads record and state atomically, within limits, because anyone with Redis can make them as large as Redis' memory. An entry beyond a
 * limit is returned as an empty text, which is never a valid entry; from the record's limit on, one stands for all the rest, which is not
 * read, because Redis answers nobody meanwhile. KEYS: record, state. ARGV: most entries, bytes of an entry, bytes of
 * the record, bytes of one progress. Returns length, entries, revision, progress of steps.
 */
export const READ = `
local length = redis.call('LLEN', KEYS[1])
local most, entry, left = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local texts = {}
for first = 0, (length < most and length or most) - 1, 8 do
  if left <= 0 then break end
  for _, text in ipairs(redis.call('LRANGE', KEYS[1], first, first + 7)) do
    if #texts >= most or #text > left then left = 0 break end
    if #text > entry then text = '' end
    left = left - #text
    texts[#texts + 1] = text
  end
end
if length > #texts then texts[#texts + 1] = '' end
local revision = ''
if redis.call('HSTRLEN', KEYS[2], 'revision') <= 15 then revision = redis.call('HGET', KEYS[2], 'revision') or '' end
local progress = {}
if redis.call('HLEN', KEYS[2]) <= 256 then
  local fields = redis.call('HKEYS', KEYS[2])
  table.sort(fields)
  for _, field in ipairs(fields) do
    local isProgress = string.sub(field, 1, 9) == 'progress:'
    if isProgress and redis.call('HSTRLEN', KEYS[2], field) <= tonumber(ARGV[4]) then
      progress[#progress + 1] = redis.call('HGET', KEYS[2], field)
    end
  end
end
return { length, texts, revision, progress }`;

/** The newest members of a sorted set that can be change IDs. KEYS: recent. ARGV: most. */
export const RECENT = `
local found = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)) do
  if #id <= 64 then found[#found + 1] = id end
end
return found`;

/** At most 1,000 members of a set that can be change IDs. KEYS: open. */
export const OPEN = `
local found = {}
for _, id in ipairs(redis.call('SRANDMEMBER', KEYS[1], 1000)) do
  if #id <= 64 then found[#found + 1] = id end
end
return found`;
