-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Adds jobs, each at most once however often the call is repeated.
--!
--! roles:  producer
--! flags:
--! keys:   jobs big ready:4 delayed errors progress cancelling unique kept dead meta wake lane
--! args:   number:int entries:list
--! return: 1, a code per entry, the ids that hold what was asked for (one per code but n and f)
--!         | -1 lane lost | -2 schema
--
-- The entries come in groups: the first 39 bytes that their records share, how many they are, and of each its id and the
-- rest of its record, then, if the record's flags say so, its unique key and policy (r reject, e existing, p replace)
-- and its payload for `big`. The record's times are relative (unless a flag says absolute)
-- and become absolute here. Codes: n new, e exists, p replaced, r rejected, f queue full,
-- s nothing done: the payload is sealed (field `i`) for another job than the named one, which is to carry it.
--
-- Everything is read and decided before the first write. An owner of a key or id that has run out of its window, or
-- that expired before it was started, is ended on the spot.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/queue"
--- @include "include/limit"
--- @include "include/intake"
--- @include "include/plain"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  local codes, holders = string.match(note, '^(%a*) ?(.*)$')
  local names = {}
  for name in string.gmatch(holders, '[^ ]+') do
    names[#names + 1] = name
  end
  return { 1, codes, names }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'depth_limit', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3',
  'enqueued', 'expired')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }

local first_due = queue_next_due(delayed, now_us)
local codes, plan, holders = nil, nil, {}
if state[1] and not state[2] then
  codes, plan = plain_plan(jobs, ARGV, entries_from, now_ms, now_us)
end
if not plan then
  local entries = intake_parse(ARGV, entries_from)
  local excess = intake_excess(entries)
  if not excess and not state[1] and not limit_is_queue(string.match(meta, '^{[^:]*:(.*)}:meta$')) then
    excess = 'the name of a queue has 1 to 64 characters of a-z, 0-9, ".", "_" and "-"'
  end
  if excess then
    return limit_refusal(excess)
  end
  intake_look(key, entries)
  local room, room_all = math.huge, math.huge
  if state[2] then
    local live = redis.call('ZCARD', delayed)
    for list = 0, 3 do
      live = live + redis.call('LLEN', ready[list + 1])
    end
    room_all = 2 * tonumber(state[2]) - live
    for list = 0, 3 do
      live = live - (tonumber(state[4 + list]) or 0)
    end
    room = tonumber(state[2]) - live
  end
  codes, holders, plan = intake_decide(entries, now_ms, now_us, math.min(room, room_all))
end

if not state[1] then
  queue_found(meta)
end
for id, record in pairs(plan.freed) do
  ending_forget(key, id, record)
  redis.call('ZREM', kept, id)
end
local tombs = { 0, 0, 0, 0 }
for id, record in pairs(plan.expired) do
  local old, list = record_head(record)
  if old == 'd' then
    redis.call('ZREM', delayed, id)
  else
    tombs[list + 1] = tombs[list + 1] + 1
  end
  ending_close(key, id, record, 'k', now_ms, 'expired')
end
for id, old in pairs(plan.replaced) do
  if bit.band(string.byte(old, 4), 32) ~= 0 then
    redis.call('HDEL', big, id)
  end
  if bit.band(string.byte(old, 4), 4) ~= 0 then
    redis.call('HDEL', errors, id)
  end
  if bit.band(string.byte(old, 4), 8) ~= 0 then
    redis.call('HDEL', progress, id)
  end
end
for list = 1, 4 do
  if #plan.ready[list] > 0 then
    redis.call('RPUSH', ready[list], unpack(plan.ready[list])) -- at most 500
  end
end
if #plan.delayed > 0 then
  redis.call('ZADD', delayed, unpack(plan.delayed)) -- at most 1000
end
if #plan.jobs > 0 then
  redis.call('HSET', jobs, unpack(plan.jobs)) -- at most 1000
end
if #plan.big > 0 then
  redis.call('HSET', big, unpack(plan.big)) -- at most 1000
end
if #plan.unique > 0 then
  if redis.call('HLEN', unique) == 0 then
    redis.call('HSET', unique, '', string.rep('-', 65))
  end
  redis.call('HSET', unique, unpack(plan.unique)) -- at most 1000
end
local counts = { 'enqueued', (tonumber(state[8]) or 0) + plan.added }
for list = 0, 3 do
  if tombs[list + 1] > 0 then
    counts[#counts + 1] = 'tomb:' .. list
    counts[#counts + 1] = (tonumber(state[4 + list]) or 0) + tombs[list + 1]
  end
end
if next(plan.expired) then
  local ended = 0
  for _ in pairs(plan.expired) do
    ended = ended + 1
  end
  counts[#counts + 1] = 'expired'
  counts[#counts + 1] = (tonumber(state[9]) or 0) + ended
end
redis.call('HSET', meta, unpack(counts)) -- at most 14
local is_sooner = plan.soonest and (first_due < 0 or plan.soonest * 1000 - now_us < first_due)
if (plan.is_ready or is_sooner) and not queue_paused(state[3], now_ms) then
  queue_wake(wake, now_ms)
end
lane_note(lane, number, codes .. ' ' .. table.concat(holders, ' '))
return { 1, codes, holders }
