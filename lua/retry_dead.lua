-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Puts dead jobs back on their queue, with all their attempts before them.
--!
--! flags:  allow-oom
--! keys:   jobs ready:4 unique dead meta wake lane
--! args:   number:int ids:list
--! return: 1, a code per id | -1 lane lost | -2 schema
--
-- Codes: o ready again, u another job holds its unique key, s not dead, m no such job. The last errors stay readable.
-- It does not expire any more: that was meant for its first start.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/queue"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'revived', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms = clock_now()
local codes, revived = {}, 0
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 's' or 'm'
  if record and string.byte(record, 2) == 120 then
    local _, list, flags = record_head(record)
    local name = bit.band(flags, 64) ~= 0 and record_field(record, 'u')
    local holder = name and redis.call('HGET', unique, name)
    local held = holder and holder ~= id and redis.call('HGET', jobs, holder)
    if held and record_holds(held, now_ms) then
      code = 'u'
    else
      code = 'o'
      revived = revived + 1
      if name then
        redis.call('HSET', unique, name, id)
      end
      record = record_cut(record_cut(record, 'm'), 's')
      record = string.sub(record, 1, 4) .. string.char(bit.band(string.byte(record, 5), 223)) .. string.sub(record, 6)
      redis.call('HSET', jobs, id, record_move(record, 'r', flags, 0, 0, 0, now_ms))
      redis.call('ZREM', dead, id)
      redis.call('RPUSH', ready[list + 1], id)
    end
  end
  codes[#codes + 1] = code
end
redis.call('HSET', meta, 'revived', (tonumber(state[2]) or 0) + revived)
if revived > 0 and not queue_paused(state[3], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
