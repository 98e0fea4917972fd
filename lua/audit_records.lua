-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Checks a slice of a queue's records, or those of some jobs, against what they announce.
--!
--! roles:  dashboard operator
--! flags:  no-writes
--! keys:   jobs big delayed leases errors progress cancelling unique kept dead meta
--! args:   cursor limit:int since_ms:int ids:list
--! return: now in ms, the next cursor ('0' at the end), records, ready jobs that were so before `since_ms` (id, list,
--!         ms) in one list, what is wrong (code, id, detail, detail) in one list
--
-- The slice is checked in one step, so what is found was true at that moment, whatever moves meanwhile. Whether a ready
-- job is in its list cannot be told from here: the caller has walked the list before (`audit_ready`).
--- @include "include/clock"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/audit"
--- @include "include/slice"
local key = { jobs = jobs, big = big, delayed = delayed, leases = leases, errors = errors, progress = progress,
  cancelling = cancelling, unique = unique, kept = kept, dead = dead }
local now_ms = clock_now()
local last_fence = tonumber(redis.call('HGET', meta, 'fence')) or 0
local flat = {}
if #ARGV >= ids_from then
  for at = ids_from, #ARGV do
    local record = redis.call('HGET', jobs, ARGV[at])
    if record then
      flat[#flat + 1] = ARGV[at]
      flat[#flat + 1] = record
    end
  end
  cursor = '0'
else
  cursor, flat = slice_hash(jobs, cursor, math.min(limit, 500), 10)
end
local waiting, wrong = {}, {}
for at = 1, #flat, 2 do
  local id, record = flat[at], flat[at + 1]
  if audit_job(key, id, record, now_ms, last_fence, wrong) and string.byte(record, 2) == 114 then
    local at_ms = struct.unpack('>I6', record, 18)
    if at_ms < since_ms then
      local _, list = record_head(record)
      waiting[#waiting + 1] = id
      waiting[#waiting + 1] = list
      waiting[#waiting + 1] = string.format('%d', at_ms)
    end
  end
end
return { string.format('%d', now_ms), cursor, #flat / 2, waiting, wrong }
