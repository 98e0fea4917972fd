-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Finishes jobs that a worker completed and claims others for its free slots: the hot path.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead recent meta wake lane
--! args:   number:int lease_ms:int limit:int node seen_fence:int finished:list
--! return: 1, ids whose lease is lost, claimed (id, record, big payload or '') in one list,
--!         1 if more is claimable, µs until the next is due or -1 | -1 lane lost | -2 schema
--
-- A finished job is given as id, lease member and result ('' for none). It is lost, and nothing of it changes, unless
-- its record is running under that very lease. Claims take the heads of the ready lists, urgent first; entries that the
-- record contradicts (tombstones of cancelled jobs) are dropped as they are met; a job that has expired before its
-- first start is cancelled instead, and one whose payload is gone is dead. At most 500 jobs and about 1 MiB of payloads
-- a call.
--
-- A repetition answers what the call did: the claimed records are read anew where they still carry the fence.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/queue"
--- @include "include/claim"
--- @include "include/limit"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return claim_again(jobs, big, note)
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'lease', 'fence', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2',
  'tomb:3', 'completed', 'claimed', 'expired', 'sampled', 'died')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }

if #node ~= 6 then
  return redis.error_reply('ERR a node has 6 characters')
end
limit = math.min(limit, 500)
local lost, members, plain, special, seen, ids = {}, {}, {}, {}, {}, {}
local last
for at = finished_from, #ARGV, 3 do
  ids[#ids + 1] = ARGV[at]
  if #ARGV[at + 2] > 262144 then
    return limit_refusal('a result has at most 256 KiB')
  end
end
if #ids > 500 then
  return limit_refusal('a call finishes at most 500 jobs')
end
if #ids > 0 then
  local at = finished_from
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    local id, is_held = ids[index], false
    if record and not seen[id] and string.byte(record, 2) == 110 and record_lease(id, record) == ARGV[at + 1] then
      local flags, more = string.byte(record, 4, 5)
      seen[id] = true
      if flags == 0 and more % 8 < 4 then
        is_held = true
        plain[#plain + 1] = id
      elseif not record_damage(record) then
        is_held = true
        special[#special + 1] = { id, record, ARGV[at + 2] }
      end
    end
    if is_held then
      members[#members + 1] = ARGV[at + 1]
      last = id
    else
      lost[#lost + 1] = id
    end
    at = at + 3
  end
end
local is_paused = queue_paused(state[4], now_ms)
local tombs = { tonumber(state[5]) or 0, tonumber(state[6]) or 0, tonumber(state[7]) or 0, tonumber(state[8]) or 0 }
local plan = claim_plan(jobs, big, ready, is_paused and 0 or limit, tombs, now_ms)

local lease = math.max(lease_ms, tonumber(state[2]) or 0)
local fence = math.max(tonumber(state[3]) or 0, seen_fence, now_us)
if not state[1] then
  queue_found(meta)
end
for _, job in ipairs(special) do
  ending_close(key, job[1], job[2], 'c', now_ms, nil, job[3])
end
if #plain > 0 then
  redis.call('HDEL', jobs, unpack(plain)) -- at most 500
end
local counts = { 'lease', lease, 'completed', (tonumber(state[9]) or 0) + #members }
if #members > 0 and math.abs(now_ms - (tonumber(state[12]) or 0)) >= 10 then
  redis.call('ZADD', recent, now_ms, last)
  redis.call('ZREMRANGEBYRANK', recent, 0, -1001)
  counts[#counts + 1] = 'sampled'
  counts[#counts + 1] = string.format('%d', now_ms)
end
local claimed, short = {}, ''
if plan.is_change then
  claim_drop(ready, plan, tombs, counts)
  for _, job in ipairs(plan.expired) do
    ending_close(key, job[1], job[2], 'k', now_ms, 'expired')
  end
  if #plan.expired > 0 then
    counts[#counts + 1] = 'expired'
    counts[#counts + 1] = (tonumber(state[11]) or 0) + #plan.expired
  end
  for _, job in ipairs(plan.bereft) do
    ending_bury(key, job[1], job[2], now_ms, 'its payload is gone from Redis')
  end
  if #plan.bereft > 0 then
    counts[#counts + 1] = 'died'
    counts[#counts + 1] = (tonumber(state[13]) or 0) + #plan.bereft
  end
  if #plan.ids > 0 then
    local fields, scores
    short = string.format('%d ', fence + 1) .. table.concat(plan.ids, ' ')
    fields, scores, claimed = claim_take(plan, big, now_ms, fence, string.format('%d', now_ms + lease), node)
    fence = fence + #plan.ids
    redis.call('HSET', jobs, unpack(fields)) -- at most 1000
    redis.call('ZADD', leases, unpack(scores)) -- at most 1000
  end
  counts[#counts + 1] = 'fence'
  counts[#counts + 1] = string.format('%d', fence)
  counts[#counts + 1] = 'claimed'
  counts[#counts + 1] = (tonumber(state[10]) or 0) + #plan.ids
end
-- After the new ones: a set that is emptied begins anew as a list, which is looked through for each entry.
if #members > 0 then
  redis.call('ZREM', leases, unpack(members)) -- at most 500
end
redis.call('HSET', meta, unpack(counts)) -- at most 26
local has_more = plan.remaining > 0 and not is_paused
if has_more then
  queue_wake(wake, now_ms)
end
lane_note(lane, number, table.concat(lost, ' ') .. ',' .. short)
return { 1, lost, claimed, has_more and 1 or 0, has_more and -1 or queue_next_due(delayed, now_us) }
