-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Deletes a slice of the jobs of one index, oldest first.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed errors progress cancelling unique kept dead meta lane
--! args:   number:int source limit:int
--! return: 1, jobs deleted, 1 if the index still has entries | -1 lane lost | -2 schema
--
-- `source` is ready:0 to ready:3, delayed, dead or kept; `limit` at most 200; the caller goes on with the
-- next slice. It needs a lane: a slice that is deleted twice would be a slice of jobs that came later. Running jobs are
-- never touched.
--- @include "include/lane"
--- @include "include/record"
--- @include "include/ending"
--- @include "include/queue"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  local count, more = string.match(note, '^(%d+) (%d)$')
  return { 1, tonumber(count), tonumber(more) }
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
limit = math.max(1, math.min(limit, 200))
local ids
if list then
  ids = redis.call('LRANGE', ready[list + 1], 0, limit - 1)
else
  ids = redis.call('ZRANGE', sets[source][1], 0, limit - 1)
end
local deleted, tombs = 0, 0
for _, id in ipairs(ids) do
  local record = redis.call('HGET', jobs, id)
  local old, place
  if record then
    old, place = record_head(record)
  end
  local is_here = record and ((list and old == 'r' and place == tonumber(list))
    or (not list and string.find(sets[source][2], old, 1, true)))
  if is_here then
    if list or source == 'delayed' then
      ending_tell(key, id, record)
    end
    ending_forget(key, id, record)
    deleted = deleted + 1
  else
    tombs = tombs + 1
  end
  if not list then
    redis.call('ZREM', sets[source][1], id)
  end
end
local remains
if list then
  redis.call('LTRIM', ready[list + 1], #ids, -1)
  remains = redis.call('LLEN', ready[list + 1])
  local count = tonumber(redis.call('HGET', meta, 'tomb:' .. list)) or 0
  redis.call('HSET', meta, 'tomb:' .. list, math.max(0, math.min(count - tombs, remains)))
else
  remains = redis.call('ZCARD', sets[source][1])
end
redis.call('HSET', meta, 'purged', (tonumber(state[2]) or 0) + deleted)
local more = remains > 0 and 1 or 0
lane_note(lane, number, deleted .. ' ' .. more)
return { 1, deleted, more }
