-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Reads a queue's counts and settings.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs ready:4 delayed leases kept dead cancelling meta
--! args:
--! return: now in ms, entries of the 4 ready lists, delayed, running, kept, dead, cancelling, meta as a flat list,
--!         head of each ready list (id, record or nil), next due id and ms
--
-- O(1) in the number of jobs. A ready list's entries count tombstones too, which `meta` has.
--- @include "include/clock"
local now_ms = clock_now()
local heads = {}
for list = 1, 4 do
  local id = redis.call('LINDEX', ready[list], 0)
  heads[2 * list - 1] = id
  heads[2 * list] = id and redis.call('HGET', jobs, id)
end
return { string.format('%d', now_ms),
  { redis.call('LLEN', ready[1]), redis.call('LLEN', ready[2]), redis.call('LLEN', ready[3]),
    redis.call('LLEN', ready[4]) },
  redis.call('ZCARD', delayed), redis.call('ZCARD', leases), redis.call('ZCARD', kept), redis.call('ZCARD', dead),
  redis.call('HLEN', cancelling), redis.call('HGETALL', meta), heads,
  redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES') }
