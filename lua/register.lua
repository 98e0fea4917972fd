-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Notes the name of a queue, so that it is listed.
--!
--! roles:  operator
--! flags:  allow-oom
--! keys:   queues
--! args:   name
--! return: 1
--
-- For those who look after a queue: a plain SADD, with which an enqueue notes the name, is refused when Redis is full, and
-- with it the pausing of a queue. Repeatable.
--- @include "include/limit"
if not limit_is_queue(name) then
  return limit_refusal('the name of a queue has 1 to 64 characters of a-z, 0-9, ".", "_" and "-"')
end
redis.call('SADD', queues, name)
return 1
