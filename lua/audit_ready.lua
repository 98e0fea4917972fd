-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Reads a slice of a ready list, counted from its end, and says which entries are live.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs ready:4 meta
--! args:   list:int offset:int limit:int
--! return: now in ms, entries of the list, tombstones that `meta` counts, the first and the last entry or '', the slice's
--!         ids, for each of them l (live) or t (tombstone) in one text
--
-- Claims take entries from a list's head, so one that is in it all the time is met by a walk from the end to the head,
-- whatever is claimed, handed back and enqueued meanwhile; only a purge may bring one closer to the end. The first four
-- tell whether the list stood still.
--- @include "include/clock"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/audit"
local now_ms = clock_now()
local name = ready[list + 1]
offset, limit = math.max(offset, 0), math.max(1, math.min(limit, 500))
local ids = redis.call('LRANGE', name, -offset - limit, -offset - 1)
local marks = {}
if #ids > 0 then
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    marks[index] = audit_is_live(record, list) and 'l' or 't'
  end
end
return { string.format('%d', now_ms), redis.call('LLEN', name), redis.call('HGET', meta, 'tomb:' .. list) or '0',
  redis.call('LINDEX', name, 0) or '', redis.call('LINDEX', name, -1) or '', ids, table.concat(marks) }
