-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Notes the name of a queue, so that it is listed.
--!
--! roles:  producer operator
--! flags:  allow-oom
--! keys:   queues
--! args:   name
--! return: 1
--
-- A script, since a plain SADD is refused when Redis is full, and with it the pausing of a queue. Repeatable.
redis.call('SADD', queues, name)
return 1
