-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Reads a page of a queue's jobs in one state, by rank.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs ready:4 delayed leases kept dead
--! args:   source offset:int count:int newest_first:int
--! return: now in ms, entries of the index, then (entry, score or '', record or nil) in one list
--
-- `source` is ready:0 to ready:3, delayed, leases, kept or dead; `count` at most 100. A page of a sorted set costs
-- O(log n); ready lists are read from the nearer end.
--- @include "include/clock"
local now_ms = clock_now()
offset, count = math.max(offset, 0), math.max(1, math.min(count, 100))
local list = string.match(source, '^ready:([0-3])$')
local entries, scores = {}, {}
local total
if list then
  total = redis.call('LLEN', ready[list + 1])
  if newest_first == 1 then
    local tail = redis.call('LRANGE', ready[list + 1], -offset - count, -offset - 1)
    for index = #tail, 1, -1 do
      entries[#entries + 1] = tail[index]
    end
  else
    entries = redis.call('LRANGE', ready[list + 1], offset, offset + count - 1)
  end
else
  local set = ({ delayed = delayed, leases = leases, kept = kept, dead = dead })[source]
  total = redis.call('ZCARD', set)
  local flat
  if newest_first == 1 then
    flat = redis.call('ZREVRANGE', set, offset, offset + count - 1, 'WITHSCORES')
  else
    flat = redis.call('ZRANGE', set, offset, offset + count - 1, 'WITHSCORES')
  end
  for at = 1, #flat, 2 do
    entries[#entries + 1] = flat[at]
    scores[#entries] = flat[at + 1]
  end
end
local reply = {}
for index, entry in ipairs(entries) do
  local id = source == 'leases' and string.match(entry, '^[^:]+') or entry
  reply[3 * index - 2], reply[3 * index - 1] = entry, scores[index] or ''
  reply[3 * index] = redis.call('HGET', jobs, id)
end
return { string.format('%d', now_ms), total, reply }
