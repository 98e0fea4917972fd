-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Looks after a queue: returns expired leases, makes due jobs ready, drops tombstones, and says how things stand.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead meta wake
--! args:   lease_ms:int interval_ms:int max_crashes:int node
--! return: 1, 1 if a job is claimable, µs until the next is due or -1, 1 if a bound cut the work,
--!         pause (0 no, -1 for ever, ms), this node's jobs to cancel, returned, died, promoted,
--!         id, name, attempt and reason of each that died | -2 schema
--
-- Every worker calls it about each `interval_ms`, which must be well below a third of a lease; it looks only if the
-- last look is nearly that old, but does what is due (and after a cut, the rest) at any call. This script alone judges
-- the time since the last look and writes it: a gap of more than a third of a lease, or a step back, means that
-- renewals may not have come through (an outage, a standstill, a clock set), so nobody is reaped for one lease from
-- then. Expiries and holds beyond now + lease (the old one while it was lowered lately) come from such a clock and are
-- clamped. Repeatable.
--- @include "include/clock"
--- @include "include/queue"
local state = redis.call('HMGET', meta, 'schema', 'look', 'hold', 'lease', 'paused_until', 'tomb:0', 'tomb:1', 'tomb:2',
  'tomb:3', 'crashed', 'died', 'cancelled', 'lease_before', 'lease_lowered_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms, now_us = clock_now()
local lease = math.max(lease_ms, tonumber(state[4]) or 0)
local longest = math.max(lease, queue_lease_before(state[13], state[14], now_ms))
local look, hold = tonumber(state[2]), tonumber(state[3]) or 0
local gap = look and now_ms - look
local is_gap = not gap or gap < 0 or gap > lease / 3
local is_look = is_gap or gap >= 0.9 * interval_ms
hold = math.min(is_gap and now_ms + longest or hold, now_ms + longest)
local counts = { 'lease', lease }
if is_look then
  counts = { 'lease', lease, 'look', string.format('%d', now_ms), 'hold', string.format('%d', hold) }
end
-- Of many queues most are empty most of the time: nothing is defined before this that only others need.
local tombs = (state[6] or '0') .. (state[7] or '0') .. (state[8] or '0') .. (state[9] or '0')
if not state[5] and tombs == '0000'
  and redis.call('EXISTS', ready[1], ready[2], ready[3], ready[4], delayed, leases, cancelling) == 0 then
  if is_look then
    if not state[1] then
      queue_found(meta)
    end
    redis.call('HSET', meta, unpack(counts)) -- at most 6
  end
  return { 1, 0, -1, 0, 0, {}, 0, 0, 0, {} }
end
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/failure"
--- @include "include/reap"
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now_ms, 'LIMIT', 0, 200)
local ahead = redis.call('ZRANGEBYSCORE', leases, '(' .. string.format('%d', now_ms + longest), '+inf', 'LIMIT', 0,
  100)
local expired = now_ms >= hold and redis.call('ZRANGEBYSCORE', leases, '-inf', now_ms, 'LIMIT', 0, 100) or {}
local due_records = #due > 0 and redis.call('HMGET', jobs, unpack(due)) or {} -- at most 200
local reaped = reap_look(jobs, expired)

if is_look then
  if not state[1] then
    queue_found(meta)
  end
  if state[5] and not queue_paused(state[5], now_ms) then
    redis.call('HDEL', meta, 'paused_until', 'paused_at', 'paused_by', 'paused_reason')
  end
end
for _, member in ipairs(ahead) do
  redis.call('ZADD', leases, 'XX', string.format('%d', now_ms + longest), member)
end
local is_littered = reap_tombs(jobs, ready, { state[6], state[7], state[8], state[9] }, counts)
local tally = reap_return(key, ready, delayed, leases, reaped, now_ms, max_crashes)
if #expired > 0 then
  counts[#counts + 1] = 'crashed'
  counts[#counts + 1] = (tonumber(state[10]) or 0) + tally.crashed
  counts[#counts + 1] = 'died'
  counts[#counts + 1] = (tonumber(state[11]) or 0) + tally.died
  counts[#counts + 1] = 'cancelled'
  counts[#counts + 1] = (tonumber(state[12]) or 0) + tally.cancelled
end
local promoted, lists, fields = 0, { {}, {}, {}, {} }, {}
for index, id in ipairs(due) do
  local record = due_records[index]
  if record and not record_damage(record) and string.byte(record, 2) == 100 then
    local _, list, flags, attempt, crashes, returns = record_head(record)
    fields[#fields + 1] = id
    fields[#fields + 1] = record_move(record, 'r', flags, attempt, crashes, returns, now_ms)
    lists[list + 1][#lists[list + 1] + 1] = id
    promoted = promoted + 1
  end
end
if #due > 0 then
  redis.call('ZREM', delayed, unpack(due)) -- at most 200
end
if promoted > 0 then
  redis.call('HSET', jobs, unpack(fields)) -- at most 400
  for list = 1, 4 do
    if #lists[list] > 0 then
      redis.call('RPUSH', ready[list], unpack(lists[list])) -- at most 200
    end
  end
end
if is_look or #counts > 2 then
  redis.call('HSET', meta, unpack(counts)) -- at most 40
end

local is_paused = queue_paused(state[5], now_ms)
local claimable = false
local littered = redis.call('HMGET', meta, 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3')
for list = 1, 4 do
  claimable = claimable or redis.call('LLEN', ready[list]) > (tonumber(littered[list]) or 0)
end
claimable = claimable and not is_paused
if claimable and (promoted > 0 or tally.ready > 0) then
  queue_wake(wake, now_ms)
end
local pause = 0
if is_paused then
  pause = tonumber(state[5]) == 0 and -1 or tonumber(state[5]) - now_ms
end
local is_cut = #due == 200 or #expired == 100 or #ahead == 100 or is_littered
return { 1, claimable and 1 or 0, queue_next_due(delayed, now_us), is_cut and 1 or 0, pause,
  reap_cancelling(jobs, cancelling, node), tally.ready + tally.delayed, tally.died, promoted,
  tally.dead }
