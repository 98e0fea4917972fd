-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- What several scripts ask of a queue's `meta` and lists.

-- The version of the record and key layout that these scripts write. A queue of a higher one is refused.
local function queue_too_new(schema)
  return schema and tonumber(schema) > 1
end

-- Writes the schema of a queue that has none. The sentinel keeps `meta` from being a listpack, whose look-ups cost
-- O(n).
local function queue_found(meta)
  redis.call('HSET', meta, 'schema', '1', 'sentinel', string.rep('-', 65))
end

-- Says whether claims are refused, given meta's `paused_until`: nil, '0' for ever, or a time in milliseconds.
local function queue_paused(paused_until, now_ms)
  if not paused_until then
    return false
  end
  local until_ms = tonumber(paused_until)
  return until_ms == 0 or now_ms < until_ms
end

-- Returns the length that the queue's leases had before it was lowered, as long as leases of that length may be about;
-- else 0. A time further ahead than that length comes from a clock that was set back.
local function queue_lease_before(before, lowered_until, now_ms)
  local lease_ms, until_ms = tonumber(before) or 0, tonumber(lowered_until) or 0
  return until_ms > now_ms and until_ms <= now_ms + lease_ms and lease_ms or 0
end

-- Sets the wake marker, which one idle worker takes.
local function queue_wake(wake, now_ms)
  redis.call('ZADD', wake, now_ms, 'w')
end

-- Returns microseconds until the earliest delayed job is due (0 if it is), or -1 without one.
local function queue_next_due(delayed, now_us)
  local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  if not first[2] then
    return -1
  end
  return math.max(0, tonumber(first[2]) * 1000 - now_us)
end
