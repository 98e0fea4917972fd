-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Sets a wake marker again that the worker which took it cannot use.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   wake
--! args:
--! return: 1
--
-- A script, since a plain ZADD is refused when Redis is full. Repeatable.
redis.call('ZADD', wake, 'NX', 0, 'w')
return 1
