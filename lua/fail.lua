-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Ends attempts that failed: back off for another, or dead.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs big delayed leases errors progress cancelling unique kept dead meta wake lane
--! args:   number:int max_crashes:int failures:list
--! return: 1, a code per failure | -1 lane lost | -2 schema
--
-- A failure is id, lease member, action (r retry, d dead at once), delay in ms, kind (e error, t timeout, c crash) and
-- text. Codes: l lease lost (nothing changed), r retried, d dead, k cancelled because it was to be cancelled.
-- A job is dead when its attempts or, for crashes, its crash budget are used up.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/failure"
--- @include "include/queue"
--- @include "include/limit"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'failed', 'retried', 'died', 'cancelled', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local first_due = queue_next_due(delayed, now_us)
local codes, found, seen = {}, {}, {}
if (#ARGV - failures_from + 1) % 6 ~= 0 then
  return redis.error_reply('ERR a failure has 6 arguments')
end
if #ARGV - failures_from + 1 > 3000 then
  return limit_refusal('a call ends at most 500 attempts')
end
for at = failures_from, #ARGV, 6 do
  if #ARGV[at + 5] > 4096 then
    return limit_refusal('an error text has at most 4 KiB')
  end
end
for at = failures_from, #ARGV, 6 do
  local id = ARGV[at]
  local record = not seen[id] and redis.call('HGET', jobs, id)
  if record and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1]
    and not record_damage(record) then
    seen[id] = true
    found[#found + 1] = { at, record }
    codes[#codes + 1] = '?'
  else
    codes[#codes + 1] = 'l'
  end
end

local retried, died, cancelled, soonest = 0, 0, 0, nil
for _, failure in ipairs(found) do
  local at, record = failure[1], failure[2]
  local id, member, action, delay_ms = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]) or 0
  local kind, text = string.sub(ARGV[at + 4] .. 'e', 1, 1), ARGV[at + 5]
  local _, _, flags, attempt, crashes, returns = record_head(record)
  local max_attempts = struct.unpack('>I2', record, 10)
  local index = (at - failures_from) / 6 + 1
  redis.call('ZREM', leases, member)
  if kind == 'c' then
    crashes = math.min(crashes + 1, 255)
  end
  redis.call('HSET', errors, id, failure_add(redis.call('HGET', errors, id), now_ms, attempt, kind, text))
  record = record_move(record, 'n', bit.bor(flags, 4), attempt, crashes, returns, struct.unpack('>I6', record, 18))
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    cancelled = cancelled + 1
    codes[index] = 'k'
  elseif action == 'd' or (max_attempts > 0 and attempt >= max_attempts)
    or (kind == 'c' and crashes >= max_crashes) then
    local reason = text
    if action ~= 'd' then
      local is_crash = kind == 'c' and crashes >= max_crashes
      reason = (is_crash and 'crashed too often: ' or 'no attempts left: ') .. text
    end
    ending_bury(key, id, record, now_ms, reason)
    died = died + 1
    codes[index] = 'd'
  else
    local due_ms = clock_due(now_ms, now_us, delay_ms)
    redis.call('HSET', jobs, id, record_move(record, 'd', bit.bor(flags, 4), attempt, crashes, returns, due_ms))
    redis.call('ZADD', delayed, string.format('%d', due_ms), id)
    retried = retried + 1
    soonest = math.min(soonest or due_ms, due_ms)
    codes[index] = 'r'
  end
end
redis.call('HSET', meta, 'failed', (tonumber(state[2]) or 0) + #found, 'retried', (tonumber(state[3]) or 0) + retried,
  'died', (tonumber(state[4]) or 0) + died, 'cancelled', (tonumber(state[5]) or 0) + cancelled)
if soonest and (first_due < 0 or soonest * 1000 - now_us < first_due) and not queue_paused(state[6], now_ms) then
  queue_wake(wake, now_ms)
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
