/** Lua scripts, which Redis runs atomically. */

/** A card's keys expire with the change's record, or after the given time when there is no record. The time is relative, because a bot's clock may be wrong. */
const KEEP = `
local function keep(key, state, otherwise)
  local ends = redis.call('PEXPIRETIME', state)
  if ends == -1 then redis.call('PERSIST', key)
  elseif ends == -2 then redis.call('PEXPIRE', key, otherwise)
  else redis.call('PEXPIREAT', key, ends) end
end`;

/** Sets a card's place; a card at a new place shows nothing yet. KEYS: card, state, behind. ARGV: place, ms to keep, id. */
export const HANG = `${KEEP}
local old = redis.call('HGET', KEYS[1], 'place')
if old and old ~= ARGV[1] then
  redis.call('HDEL', KEYS[1], 'drawn', 'aside')
  redis.call('SADD', KEYS[3], ARGV[3])
end
redis.call('HSET', KEYS[1], 'place', ARGV[1])
keep(KEYS[1], KEYS[2], ARGV[2])
return 1`;

/** A message's place; '' without one, and 'too long' for a text that no bot has written. KEYS: card. ARGV: field. */
export const PLACE = `
if redis.call('HSTRLEN', KEYS[1], ARGV[1]) > 4096 then return 'too long' end
return redis.call('HGET', KEYS[1], ARGV[1]) or ''`;

/** Keeps the list of steps. KEYS: card, state. ARGV: list, ms to keep. */
export const KEEP_STEPS = `${KEEP}
redis.call('HSET', KEYS[1], 'steps', ARGV[1])
keep(KEYS[1], KEYS[2], ARGV[2])
return 1`;

/**
 * Takes a lease. One that lasts longer than any is made for is shortened: Redis' clock was set back, and its holder may be dead.
 * Returns the drawn revision and `aside`, or -1 when another token holds it. KEYS: lease, card. ARGV: token, ms.
 */
export const LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return { -1, '' }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local aside = redis.call('HSTRLEN', KEYS[2], 'aside') <= 16384 and redis.call('HGET', KEYS[2], 'aside')
return { tonumber(redis.call('HGET', KEYS[2], 'drawn') or 0) or 0, aside or '' }`;

/** Extends the lease if the token holds it. KEYS: lease. ARGV: token, ms. */
export const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

/** Releases the lease if the token holds it. KEYS: lease. ARGV: token. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Records what the card shows if the token holds the lease; never a lower revision than before.
 * KEYS: lease, card, state, behind. ARGV: token, revision, id, ms to keep, aside.
 */
export const COMMIT = `${KEEP}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local revision = tonumber(ARGV[2])
if revision < (tonumber(redis.call('HGET', KEYS[2], 'drawn') or 0) or 0) then return 0 end
redis.call('HSET', KEYS[2], 'drawn', revision, 'aside', ARGV[5])
keep(KEYS[2], KEYS[3], ARGV[4])
if revision >= (tonumber(redis.call('HGET', KEYS[3], 'revision') or 0) or 0) then redis.call('SREM', KEYS[4], ARGV[3]) end
return 1`;

/**
 * Claims a name: 1 for the first claim, or after an unconfirmed claim expired; 0 while another claim lasts (shortened like a lease if
 * Redis' clock was set back); 2 once confirmed.
 * KEYS: replies, state. ARGV: name, token, ms to keep, ms.
 */
export const CLAIM = `${KEEP}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local ends, token = string.match(held, '^posting (%d+) (.+)$')
  if not ends then return 2 end
  if token ~= ARGV[2] and tonumber(ends) > now then
    if tonumber(ends) > now + ARGV[4] then
      redis.call('HSET', KEYS[1], ARGV[1], string.format('posting %d %s', now + ARGV[4], token))
    end
    return 0
  end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('posting %d %s', now + ARGV[4], ARGV[2]))
keep(KEYS[1], KEYS[2], ARGV[3])
return 1`;

/** Confirms a claim for good. KEYS: replies, state. ARGV: name, ms to keep. */
export const CONFIRM = `${KEEP}
redis.call('HSET', KEYS[1], ARGV[1], 'posted')
keep(KEYS[1], KEYS[2], ARGV[2])
return 1`;

/**
 * At most 1,000 changes whose card is behind; removes the others, and those without a record, from the set.
 * KEYS: behind. ARGV: the cluster's prefix.
 */
export const BEHIND = `
local found = {}
for _, id in ipairs(redis.call('SRANDMEMBER', KEYS[1], 1000)) do
  local isId = #id <= 64
  local revision = isId and tonumber(redis.call('HGET', ARGV[1] .. ':state:' .. id, 'revision') or 0) or 0
  local drawn = isId and tonumber(redis.call('HGET', ARGV[1] .. ':card:' .. id, 'drawn') or 0) or 0
  if revision > drawn then found[#found + 1] = id else redis.call('SREM', KEYS[1], id) end
end
return found`;
