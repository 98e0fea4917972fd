-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Renews leases, and names those that are lost.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   leases meta
--! args:   lease_ms:int members:list
--! return: the members that are no longer leases
--
-- The member is the lease: where it is gone, so is the right, and no record needs to be read. Repeatable.
--- @include "include/clock"
--- @include "include/limit"
if #ARGV - members_from + 1 > 500 then
  return limit_refusal('a call renews at most 500 leases')
end
local lease = math.max(lease_ms, tonumber(redis.call('HGET', meta, 'lease')) or 0)
local now_ms = clock_now()
local members, lost, renewed = {}, {}, {}
for at = members_from, #ARGV do
  members[#members + 1] = ARGV[at]
end
if #members == 0 then
  return lost
end
local expiry = string.format('%d', now_ms + lease)
for index, score in ipairs(redis.call('ZMSCORE', leases, unpack(members))) do -- at most 500
  if score then
    renewed[#renewed + 1] = expiry
    renewed[#renewed + 1] = members[index]
  else
    lost[#lost + 1] = members[index]
  end
end
if #renewed > 0 then
  redis.call('ZADD', leases, 'XX', unpack(renewed)) -- at most 1000
  redis.call('HSET', meta, 'lease', lease)
end
return lost
