-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Deletes a slice of the jobs of one index that were there at a time, oldest first.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed errors progress cancelling unique kept dead meta lane
--! args:   number:int source limit:int until_ms:int skip:int
--! return: 1, jobs deleted, newer ones passed over, 1 if entries are left behind these | -1 lane lost | -2 schema
--
-- `source` is ready:0 to ready:3, delayed, dead or kept; `limit` at most 200. Of ready and delayed it deletes jobs that
-- were enqueued (or retried from dead) by `until_ms`, of the others those that ended by then. Newer ones stay where they
-- are: the caller goes on with the next slice behind them, passing their number as `skip`, at most 500 for a ready list
-- (there newer ones stand at the tail, apart from a few that were handed back to the front). It needs a lane: a slice
-- that is deleted twice would be a slice of jobs that were passed over. Running jobs are never touched; of a
-- damaged record only the entry goes.
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/queue"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  local count, passed, more = string.match(note, '^(%d+) (%d+) (%d)$')
  return { 1, tonumber(count), tonumber(passed), tonumber(more) }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'purged')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local list = string.match(source, '^ready:([0-3])$')
local sets = { delayed = { delayed, 'd' }, dead = { dead, 'x' }, kept = { kept, 'ck' } }
local is_waiting = list or source == 'delayed'
limit = math.max(1, math.min(limit, 200))
skip = math.max(0, list and math.min(skip, 500) or skip)
local ids, first
if list then
  ids, first = redis.call('LRANGE', ready[list + 1], 0, skip + limit - 1), skip + 1
else
  ids, first = redis.call('ZRANGE', sets[source][1], skip, skip + limit - 1), 1
end
local stays, passed, deleted, dropped = {}, 0, 0, 0
for index, id in ipairs(ids) do
  local record = index >= first and redis.call('HGET', jobs, id)
  local old, place
  if record and record_damage(record) then
    record = false
  elseif record then
    old, place = record_head(record)
  end
  local is_here = record and ((list and old == 'r' and place == tonumber(list))
    or (not list and string.find(sets[source][2], old, 1, true)))
  local since_ms = 0
  if is_here then
    local revived = is_waiting and record_field(record, 'e')
    since_ms = struct.unpack('>I6', revived or record, revived and 1 or is_waiting and 12 or 18)
  end
  if index < first or since_ms > until_ms then
    stays[#stays + 1] = id
    passed = passed + (index < first and 0 or 1)
  else
    if is_here then
      if is_waiting then
        ending_tell(key, id, record)
      end
      ending_forget(key, id, record)
      deleted = deleted + 1
    else
      dropped = dropped + 1
    end
    if not list then
      redis.call('ZREM', sets[source][1], id)
    end
  end
end
local left
if list then
  if #stays < #ids then
    redis.call('LTRIM', ready[list + 1], #ids, -1)
    local back = {}
    for index = #stays, 1, -1 do
      back[#back + 1] = stays[index]
    end
    if #back > 0 then
      redis.call('LPUSH', ready[list + 1], unpack(back)) -- at most 700
    end
  end
  left = redis.call('LLEN', ready[list + 1])
  local count = tonumber(redis.call('HGET', meta, 'tomb:' .. list)) or 0
  if #ids >= first then
    redis.call('HSET', meta, 'tomb:' .. list, math.max(0, math.min(count - dropped, left)))
  end
else
  left = redis.call('ZCARD', sets[source][1])
end
if deleted > 0 then
  redis.call('HSET', meta, 'purged', (tonumber(state[2]) or 0) + deleted)
end
local more = left > skip + passed and 1 or 0
lane_note(lane, number, deleted .. ' ' .. passed .. ' ' .. more)
return { 1, deleted, passed, more }
