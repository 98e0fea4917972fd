-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Stops claims from a queue; running jobs go on.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   meta wake
--! args:   for_ms:int who reason
--! return: 1 | -2 schema
--
-- `for_ms` 0 pauses until `resume`, anything else resumes by itself after that time. Repeatable.
--- @include "include/clock"
--- @include "include/queue"
--- @include "include/limit"
local schema = redis.call('HGET', meta, 'schema')
if queue_too_new(schema) then
  return { -2, schema }
end
if #who > 128 or #reason > 256 then
  return limit_refusal('a reason has at most 256 bytes, the name of who pauses 128')
end
local now_ms = clock_now()
if not schema then
  queue_found(meta)
end
local until_ms = for_ms > 0 and string.format('%d', now_ms + for_ms) or '0'
redis.call('HSET', meta, 'paused_until', until_ms, 'paused_at', string.format('%d', now_ms), 'paused_by', who,
  'paused_reason', reason)
redis.call('DEL', wake)
return { 1 }
