-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Appends lines to a running job's log, under its lease.
--!
--! roles:  worker
--! flags:
--! keys:   leases log
--! args:   member attempt first:int max_lines:int ttl_ms:int lines:list
--! return: 1 written | 0 the lease is lost, nothing changed
--
-- `first` is the number of the first line within the run, so that a repetition adds nothing: an entry's id in the
-- stream is the fence followed by the line's number. (Not the attempt: a snoozed job is run again as the same one.)
-- Refused when Redis is full: lines are no part of the job, and would fill it up while workers drain the queues.
--- @include "include/limit"
if #ARGV - lines_from + 1 > 1000 or max_lines > 1000 or ttl_ms > 86400000 then
  return limit_refusal('a job keeps at most 1,000 lines, for a day')
end
for at = lines_from, #ARGV do
  if #ARGV[at] > 8192 then
    return limit_refusal('a line has at most 8 KiB')
  end
end
local fence = string.match(member, ':(%d+):')
if not redis.call('ZSCORE', leases, member) then
  return 0
end
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)
local last_fence, last_line = -1, -1
if last[1] then
  last_fence, last_line = string.match(last[1][1], '^(%d+)-(%d+)$')
end
for at = lines_from, #ARGV do
  local number = first + at - lines_from
  if tonumber(fence) > tonumber(last_fence) or
    (tonumber(fence) == tonumber(last_fence) and number > tonumber(last_line)) then
    redis.call('XADD', log, 'MAXLEN', '~', max_lines, fence .. '-' .. number, 'a', attempt, 'l', ARGV[at])
  end
end
redis.call('PEXPIRE', log, ttl_ms)
return 1
