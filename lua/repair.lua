-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Mends one thing that an audit found, if it is wrong still.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead meta wake
--! args:   code id first second
--! return: 1, m mended, s nothing is wrong any more, c the queue changed meanwhile, u nothing can be mended here
--!         | -2 schema
--
-- The arguments are what the audit told. The very thing is judged anew before anything is written, so that a queue that
-- has moved on is left alone. No record is ever deleted. Repeatable.
--- @include "include/clock"
--- @include "include/record"
--- @include "include/queue"
--- @include "include/damage"
--- @include "include/audit"
--- @include "include/repair"
local state = redis.call('HMGET', meta, 'schema', 'lease', 'lease_before', 'lease_lowered_until', 'hold', 'fence',
  'paused_until')
if state[1] and tonumber(state[1]) and queue_too_new(state[1]) then
  return { -2, state[1] }
end
local key = { jobs = jobs, big = big, delayed = delayed, leases = leases, errors = errors, progress = progress,
  cancelling = cancelling, unique = unique, kept = kept, dead = dead, meta = meta }
local now_ms = clock_now()
local lease = tonumber(state[2]) or 0
local longest = math.max(lease, queue_lease_before(state[3], state[4], now_ms))
if code == 'stray' then
  return { 1, repair_entry(key, first, second) }
elseif code == 'tombs' then
  return { 1, repair_tombs(key, ready, tonumber(first), second) }
elseif code == 'number' then
  return { 1, repair_number(key, first, now_ms) }
elseif code == 'hold' then
  if (tonumber(state[5]) or 0) <= now_ms + longest then
    return { 1, 's' }
  end
  redis.call('HSET', meta, 'hold', string.format('%d', now_ms + longest))
  return { 1, 'm' }
elseif code == 'ahead' then
  if tonumber(redis.call('ZSCORE', leases, first) or 0) <= now_ms + longest then
    return { 1, 's' }
  end
  redis.call('ZADD', leases, 'XX', string.format('%d', now_ms + longest), first)
  return { 1, 'm' }
end
local record = redis.call('HGET', jobs, id)
if not record then
  return { 1, 's' }
elseif record_damage(record) then
  return { 1, 'u' }
elseif code == 'missing' then
  local is_paused = state[7] and (not tonumber(state[7]) or queue_paused(state[7], now_ms))
  local verdict = repair_missing(key, ready, id, record, first, now_ms)
  if verdict == 'm' and not is_paused then
    queue_wake(wake, now_ms)
  end
  return { 1, verdict }
end
return { 1, repair_job(key, code, id, record, first, now_ms, lease > 0 and lease or 10000, tonumber(state[6]) or 0) }
