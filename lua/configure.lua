-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Sets a queue's depth limit or lease length.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   meta
--! args:   field value
--! return: 1 | -2 schema
--
-- `field` is depth_limit or lease; an empty value removes it. Workers raise the lease by themselves and never lower it:
-- this does. Leases given before may be renewed as seldom as the old length asks for, so the sweep goes by the old one
-- for that time.
--- @include "include/clock"
--- @include "include/queue"
--- @include "include/limit"
local state = redis.call('HMGET', meta, 'schema', 'lease', 'lease_before', 'lease_lowered_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local most = ({ depth_limit = 1000000000, lease = 86400000 })[field]
local number = tonumber(value) or (value == '' and 0 or -1)
if not most or number < 0 or number > most then
  return limit_refusal('settings are a depth limit of at most 1,000,000,000 and a lease of at most 24 h')
end
local now_ms = clock_now()
local before = math.max(tonumber(state[2]) or 0, queue_lease_before(state[3], state[4], now_ms))
if not state[1] then
  queue_found(meta)
end
if field == 'lease' and before > (tonumber(value) or 0) then
  redis.call('HSET', meta, 'lease_before', before, 'lease_lowered_until', string.format('%d', now_ms + before))
end
if value == '' then
  redis.call('HDEL', meta, field)
else
  redis.call('HSET', meta, field, value)
end
return { 1 }
