-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Says that a worker process is alive, and what it does.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   queues nodes node_details
--! args:   node details served:list
--! return: 1
--
-- Nodes that were silent for a day are forgotten. The queues a worker serves are known from its first beat on.
-- Repeatable.
--- @include "include/clock"
local now_ms = clock_now()
local silent = redis.call('ZRANGEBYSCORE', nodes, '-inf', now_ms - 86400000, 'LIMIT', 0, 20)
redis.call('ZADD', nodes, now_ms, node)
redis.call('HSET', node_details, node, details)
for at = served_from, #ARGV, 1000 do
  redis.call('SADD', queues, unpack(ARGV, at, math.min(at + 999, #ARGV))) -- at most 1000
end
for _, old in ipairs(silent) do
  if old ~= node then
    redis.call('ZREM', nodes, old)
    redis.call('HDEL', node_details, old)
  end
end
return 1
