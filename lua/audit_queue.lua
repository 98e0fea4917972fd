-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Checks the types of a queue's keys and what `meta` says, and tells how much there is to check.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs big ready:4 delayed leases errors progress cancelling unique kept dead recent meta wake
--! args:
--! return: now in ms, entries of jobs, ready (4), delayed, leases, dead, kept, unique, big, errors, progress and
--!         cancelling, what is wrong (code, '', detail, detail) in one list
--
-- The first step of an audit: where a key is of a wrong type nothing more is looked at, as every script would break off.
--- @include "include/clock"
--- @include "include/record"
--- @include "include/queue"
--- @include "include/damage"
--- @include "include/audit"
local now_ms = clock_now()
local now = string.format('%d', now_ms)
local wrong = {}
local function note(code, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, '', first, second
end
local kinds = { { 'jobs', jobs, 'hash' }, { 'big', big, 'hash' }, { 'ready:0', ready[1], 'list' },
  { 'ready:1', ready[2], 'list' }, { 'ready:2', ready[3], 'list' }, { 'ready:3', ready[4], 'list' },
  { 'delayed', delayed, 'zset' }, { 'leases', leases, 'zset' }, { 'errors', errors, 'hash' },
  { 'progress', progress, 'hash' }, { 'cancelling', cancelling, 'hash' }, { 'unique', unique, 'hash' },
  { 'kept', kept, 'zset' }, { 'dead', dead, 'zset' }, { 'recent', recent, 'zset' }, { 'meta', meta, 'hash' },
  { 'wake', wake, 'zset' } }
for _, kind in ipairs(kinds) do
  local found = redis.call('TYPE', kind[2]).ok
  if found ~= 'none' and found ~= kind[3] then
    note('type', kind[1], found)
  end
end
if #wrong > 0 then
  return { now, {}, wrong }
end
local numbers = { 'schema', 'lease', 'look', 'hold', 'lease_before', 'lease_lowered_until', 'fence', 'depth_limit',
  'paused_until', 'paused_at', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3', 'enqueued', 'claimed', 'completed', 'failed',
  'retried', 'died', 'cancelled', 'expired', 'crashed', 'released', 'revived', 'purged', 'sampled' }
local values = redis.call('HMGET', meta, unpack(numbers)) -- at most 27
for index, name in ipairs(numbers) do
  local is_far = name == 'fence' and audit_far(values[index], now_ms)
  if values[index] and (is_far or not string.find(values[index], '^%d+$')) then
    note('number', name, values[index])
  end
end
local longest = math.max(tonumber(values[2]) or 0, queue_lease_before(values[5], values[6], now_ms))
if (tonumber(values[3]) or 0) > now_ms + 1000 then
  note('look', values[3], '')
end
if (tonumber(values[4]) or 0) > now_ms + longest + 1000 then
  note('hold', values[4], '')
end
return { now,
  { redis.call('HLEN', jobs), redis.call('LLEN', ready[1]), redis.call('LLEN', ready[2]), redis.call('LLEN', ready[3]),
    redis.call('LLEN', ready[4]), redis.call('ZCARD', delayed), redis.call('ZCARD', leases), redis.call('ZCARD', dead),
    redis.call('ZCARD', kept), redis.call('HLEN', unique), redis.call('HLEN', big), redis.call('HLEN', errors),
    redis.call('HLEN', progress), redis.call('HLEN', cancelling) }, wrong }
