-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Makes delayed jobs ready now.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs ready:4 delayed meta wake lane
--! args:   number:int ids:list
--! return: 1, a code per id | -1 lane lost | -2 schema
--
-- Codes: o ready, s not delayed, b its record is damaged and stays as it is, m no such job.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/queue"
--- @include "include/limit"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local now_ms = clock_now()
local codes, is_ready = {}, false
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 's' or 'm'
  if record and record_damage(record) then
    code = 'b'
  elseif record and string.byte(record, 2) == 100 then
    local _, list, flags, attempt, crashes, returns = record_head(record)
    redis.call('ZREM', delayed, id)
    redis.call('HSET', jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    redis.call('RPUSH', ready[list + 1], id)
    code, is_ready = 'o', true
  end
  codes[#codes + 1] = code
end
if is_ready and not queue_paused(state[2], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
