-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Takes a worker process that ends in order out of the registry.
--!
--! roles:  worker
--! flags:  allow-oom
--! keys:   nodes node_details
--! args:   node
--! return: 1
redis.call('ZREM', nodes, node)
redis.call('HDEL', node_details, node)
return 1
