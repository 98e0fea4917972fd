-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Drops what retention no longer keeps: ended jobs past their time, the oldest dead ones.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs big errors progress cancelling unique kept dead recent meta
--! args:   dead_age_ms:int dead_count:int
--! return: 1, jobs dropped, 1 if more remain
--
-- At most 200 jobs a call. It does not drop by age while the clock is in doubt: no look yet, one too long ago or in the
-- future, or a hold (see sweep). Repeatable.
--- @include "include/clock"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
local now_ms = clock_now()
local state = redis.call('HMGET', meta, 'look', 'hold', 'lease')
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local gap = state[1] and now_ms - tonumber(state[1])
local is_sure = gap and gap >= 0 and gap <= (tonumber(state[3]) or 0) / 3 and now_ms >= (tonumber(state[2]) or 0)
local ended, died = {}, {}
if is_sure then
  ended = redis.call('ZRANGEBYSCORE', kept, '-inf', now_ms, 'LIMIT', 0, 100)
  died = redis.call('ZRANGEBYSCORE', dead, '-inf', now_ms - dead_age_ms, 'LIMIT', 0, 100)
end
local over = redis.call('ZCARD', dead) - dead_count
if over > #died then
  died = redis.call('ZRANGE', dead, 0, math.min(over, 100) - 1)
end
for index, ids in ipairs({ ended, died }) do
  local set = index == 1 and kept or dead
  for _, id in ipairs(ids) do
    local record = redis.call('HGET', jobs, id)
    redis.call('ZREM', set, id)
    -- Of a damaged one only the entry goes.
    local old = record and not record_damage(record) and string.sub(record, 2, 2)
    if old and (old == 'x') == (set == dead) and string.find('xck', old, 1, true) then
      ending_forget(key, id, record)
    end
  end
end
if is_sure then
  redis.call('ZREMRANGEBYSCORE', recent, '-inf', now_ms - 86400000)
end
return { 1, #ended + #died, (#ended == 100 or #died == 100) and 1 or 0 }
