-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Writes how far a running job is, under its lease.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   jobs progress
--! args:   id member text
--! return: 1 written | 0 the lease is lost, nothing changed
--
-- Repeatable: the last value stands.
--- @include "include/record"
--- @include "include/damage"
--- @include "include/limit"
if #text > 1030 then
  return limit_refusal('a progress has at most 5 digits and a note of 1 KiB')
end
local record = redis.call('HGET', jobs, id)
if not record or string.byte(record, 2) ~= 110 or record_lease(id, record) ~= member or record_damage(record) then
  return 0
end
local _, _, flags, attempt, crashes, returns = record_head(record)
if bit.band(flags, 8) == 0 then
  record = record_move(record, 'n', bit.bor(flags, 8), attempt, crashes, returns, struct.unpack('>I6', record, 18))
  redis.call('HSET', jobs, id, record)
end
redis.call('HSET', progress, id, text)
return 1
