-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Reads everything that the queue holds about one job.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs big leases errors progress cancelling kept
--! args:   id
--! return: now in ms, record or nil, payload and result from `big`, errors, progress, cancel request,
--!         ms when the lease expires, ms when the record is dropped (each or nil)
--- @include "include/clock"
--- @include "include/record"
local now_ms = clock_now()
local record = redis.call('HGET', jobs, id)
if not record then
  return { string.format('%d', now_ms), false }
end
local stored = redis.call('HMGET', big, id, id .. ':r')
local lease = string.byte(record, 2) == 110 and record_lease(id, record)
local expiry = lease and redis.call('ZSCORE', leases, lease)
return { string.format('%d', now_ms), record, stored[1], stored[2], redis.call('HGET', errors, id),
  redis.call('HGET', progress, id), redis.call('HGET', cancelling, id), expiry, redis.call('ZSCORE', kept, id) }
