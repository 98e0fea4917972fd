-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Puts dead jobs back on their queue, with all their attempts before them.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed errors progress cancelling unique kept dead meta wake lane
--! args:   number:int ids:list
--! return: 1, a code per id | -1 lane lost | -2 schema
--
-- Codes: o ready again, u another job holds its unique key, s not dead, p its payload is gone and it stays dead, b its
-- record is damaged and stays as it is, m no such job. The last errors stay readable.
-- It does not expire any more: that was meant for its first start; the time for all attempts begins anew. A holder of
-- its key that has expired is ended.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/queue"
--- @include "include/limit"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'revived', 'paused_until', 'expired')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local now_ms = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local codes, revived, expired = {}, 0, 0
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 's' or 'm'
  if record and record_damage(record) then
    code = 'b'
  elseif record and string.byte(record, 2) == 120 and record_bereft(big, id, record) then
    code = 'p'
  elseif record and string.byte(record, 2) == 120 then
    local _, list, flags = record_head(record)
    local name = bit.band(flags, 64) ~= 0 and record_field(record, 'u')
    local holder = name and redis.call('HGET', unique, name)
    local held = holder and holder ~= id and redis.call('HGET', jobs, holder)
    local is_damaged = held and record_damage(held)
    local held_state, held_list
    if held and not is_damaged then
      held_state, held_list = record_head(held)
    end
    if held and (held_state == 'r' or held_state == 'd') and record_expired(held, now_ms) then
      if held_state == 'd' then
        redis.call('ZREM', delayed, holder)
      else
        redis.call('HINCRBY', meta, 'tomb:' .. held_list, 1)
      end
      ending_close(key, holder, held, 'k', now_ms, 'expired')
      expired = expired + 1
      held = redis.call('HGET', jobs, holder)
    end
    if held and (is_damaged or record_holds(held, now_ms)) then
      code = 'u'
    else
      code = 'o'
      revived = revived + 1
      if name then
        redis.call('HSET', unique, name, id)
      end
      record = record_started(record_cut(record_cut(record_cut(record, 'm'), 's'), 'e'))
      record = record_add(record, 'e', struct.pack('>I6', now_ms))
      redis.call('HSET', jobs, id, record_move(record, 'r', flags, 0, 0, 0, now_ms))
      redis.call('ZREM', dead, id)
      redis.call('RPUSH', ready[list + 1], id)
    end
  end
  codes[#codes + 1] = code
end
if revived > 0 then
  redis.call('HSET', meta, 'revived', (tonumber(state[2]) or 0) + revived)
end
if expired > 0 then
  redis.call('HSET', meta, 'expired', (tonumber(state[4]) or 0) + expired)
end
if revived > 0 and not queue_paused(state[3], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
