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
redis.call('SADD', queues, name)
return 1
