-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Lets claims from a paused queue go on.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   ready:4 meta wake
--! args:
--! return: 1, 1 if it was paused | -2 schema
--- @include "include/clock"
--- @include "include/queue"
local state = redis.call('HMGET', meta, 'schema', 'paused_until')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
local now_ms = clock_now()
redis.call('HDEL', meta, 'paused_until', 'paused_at', 'paused_by', 'paused_reason')
for list = 1, 4 do
  if redis.call('LLEN', ready[list]) > 0 then
    queue_wake(wake, now_ms)
  end
end
return { 1, queue_paused(state[2], now_ms) and 1 or 0 }
