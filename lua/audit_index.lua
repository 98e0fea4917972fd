-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Checks a slice of one of a queue's indexes against the records.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs big delayed leases errors progress cancelling unique kept dead meta
--! args:   source cursor limit:int
--! return: now in ms, the next cursor ('0' at the end), entries, what is wrong (code, id, detail, detail) in one list
--
-- `source` is delayed, leases, dead, kept, unique, big, errors, progress or cancelling. Every entry must belong to a job
-- that announces it. A lease must not lie further ahead than the queue's leases last, nor have been over for longer than
-- a lease and a second while workers look after the queue and reaping is not on hold.
--- @include "include/clock"
--- @include "include/record"
--- @include "include/queue"
--- @include "include/damage"
--- @include "include/audit"
--- @include "include/slice"
local key = { big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique }
local now_ms = clock_now()
local state = redis.call('HMGET', meta, 'look', 'hold', 'lease', 'lease_before', 'lease_lowered_until')
local hold, lease = tonumber(state[2]) or 0, tonumber(state[3]) or 0
local longest = math.max(lease, queue_lease_before(state[4], state[5], now_ms))
local gap = now_ms - (tonumber(state[1]) or 0)
local is_watched = gap >= 0 and gap <= lease / 3 and now_ms >= hold
limit = math.min(limit, 500)
local flat
if key[source] then
  cursor, flat = slice_hash(key[source], cursor, limit, source == 'big' and 1 or 10)
else
  local set = ({ delayed = delayed, leases = leases, dead = dead, kept = kept })[source]
  local page = redis.call('ZSCAN', set, cursor, 'COUNT', limit)
  cursor, flat = page[1], page[2]
end
local wrong = {}
for at = 1, #flat, 2 do
  local entry, value = flat[at], flat[at + 1]
  if source ~= 'unique' or entry ~= '' then
    local id = audit_owner(source, entry, value)
    local record = redis.call('HGET', jobs, id)
    -- A record that cannot be read is told of by itself.
    if not record or (not record_damage(record) and not audit_announces(source, entry, id, record)) then
      audit_note(wrong, 'stray', id, source, entry)
    elseif source == 'leases' then
      local expiry = tonumber(value)
      if longest > 0 and expiry > now_ms + longest + 1000 then
        audit_note(wrong, 'ahead', id, entry, string.format('%d', expiry - now_ms))
      elseif is_watched and now_ms - math.max(expiry, hold) > lease + 1000 then
        audit_note(wrong, 'overdue', id, entry, string.format('%d', now_ms - expiry))
      end
    end
  end
end
return { string.format('%d', now_ms), cursor, #flat / 2, wrong }
