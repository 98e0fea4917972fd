-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Deletes jobs that are not running, with all that the queue holds about them.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead meta lane
--! args:   number:int states seen_ms:int ids:list
--! return: 1, a code per id | -1 lane lost | -2 schema
--
-- Codes: o deleted, n it is running, s another state, or another job, by now, m no such job. A ready job leaves a
-- tombstone. `states` are the letters of those that may be deleted, '' for all; a job that was enqueued after `seen_ms`
-- is another one of the same id, unless it is 0. A damaged record is deleted, unless a lease of it is alive, with all
-- that bears its id (looking through the lists takes some milliseconds for a million entries); its unique key may stay.
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
local schema = redis.call('HGET', meta, 'schema')
if queue_too_new(schema) then
  return { -2, schema }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local now_ms = clock_now()
local codes = {}
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = 'm'
  if record and record_damage(record) then
    local lease = string.byte(record, 2) == 110 and record_lease(id, record)
    local expiry = lease and redis.call('ZSCORE', leases, lease)
    code = expiry and tonumber(expiry) > now_ms and 'n' or 'o'
    if code == 'o' then
      if expiry then
        redis.call('ZREM', leases, lease)
      end
      for _, name in ipairs({ jobs, errors, progress, cancelling }) do
        redis.call('HDEL', name, id)
      end
      redis.call('HDEL', big, id, id .. ':r')
      for _, name in ipairs({ delayed, kept, dead }) do
        redis.call('ZREM', name, id)
      end
      for list = 1, 4 do
        redis.call('LREM', ready[list], -1, id)
      end
    end
  elseif record then
    local old, list = record_head(record)
    if old == 'n' then
      code = 'n'
    elseif not record_meant(record, states, seen_ms) then
      code = 's'
    else
      code = 'o'
      if old == 'r' then
        redis.call('HINCRBY', meta, 'tomb:' .. list, 1)
      end
      redis.call('ZREM', delayed, id)
      redis.call('ZREM', kept, id)
      redis.call('ZREM', dead, id)
      if old == 'r' or old == 'd' then
        ending_tell(key, id, record)
      end
      ending_forget(key, id, record)
    end
  end
  codes[#codes + 1] = code
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
