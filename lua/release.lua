-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Hands jobs back that a worker holds, their attempt unused: to the front of their list, or for a time.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead meta wake lane
--! args:   number:int handed:list
--! return: 1, a code per job | -1 lane lost | -2 schema
--
-- A job is id, lease member, delay in ms and 1 if its handler was started, else 0. The delay -1 puts it to the front of
-- its ready list (drain), 0 or more delays it (snooze, a name that the worker does not know). A job whose handler was
-- started does not expire any more, though the attempt is unused. Codes: l lease lost (nothing changed), o handed
-- back, k cancelled because it was to be cancelled. Jobs come in the order they were claimed, and keep it at the front.
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
local state = redis.call('HMGET', meta, 'schema', 'released', 'cancelled', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local first_due = queue_next_due(delayed, now_us)
local codes, found, seen = {}, {}, {}
if (#ARGV - handed_from + 1) % 4 ~= 0 then
  return redis.error_reply('ERR a job handed back has 4 arguments')
end
if #ARGV - handed_from + 1 > 2000 then
  return limit_refusal('a call hands back at most 500 jobs')
end
for at = handed_from, #ARGV, 4 do
  local id = ARGV[at]
  local record = not seen[id] and redis.call('HGET', jobs, id)
  if record and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1]
    and not record_damage(record) then
    seen[id] = true
    found[#found + 1] = { at, record }
    codes[#codes + 1] = 'o'
  else
    codes[#codes + 1] = 'l'
  end
end

local cancelled, is_ready, soonest = 0, false, nil
for index = #found, 1, -1 do
  local at, record = found[index][1], found[index][2]
  local id, delay_ms = ARGV[at], tonumber(ARGV[at + 2]) or -1
  local _, list, flags, attempt, crashes, returns = record_head(record)
  redis.call('ZREM', leases, ARGV[at + 1])
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', progress, id)
    flags = bit.band(flags, 247)
  end
  if ARGV[at + 3] == '1' then
    record = record_started(record)
  end
  attempt, returns = math.max(attempt - 1, 0), math.min(returns + 1, 255)
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    cancelled = cancelled + 1
    codes[(at - handed_from) / 4 + 1] = 'k'
  elseif delay_ms < 0 then
    redis.call('HSET', jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    redis.call('LPUSH', ready[list + 1], id)
    is_ready = true
  else
    local due_ms = clock_due(now_ms, now_us, delay_ms)
    redis.call('HSET', jobs, id, record_move(record, 'd', flags, attempt, crashes, returns, due_ms))
    redis.call('ZADD', delayed, string.format('%d', due_ms), id)
    soonest = math.min(soonest or due_ms, due_ms)
  end
end
redis.call('HSET', meta, 'released', (tonumber(state[2]) or 0) + #found - cancelled,
  'cancelled', (tonumber(state[3]) or 0) + cancelled)
local is_sooner = soonest and (first_due < 0 or soonest * 1000 - now_us < first_due)
if (is_ready or is_sooner) and not queue_paused(state[4], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
