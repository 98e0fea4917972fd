-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Sets a queue's depth limit or lease length.
--!
--! flags:  allow-oom
--! keys:   meta
--! args:   field value
--! return: 1 | -2 schema
--
-- `field` is depth_limit or lease; an empty value removes it. Workers raise the lease by themselves and never lower it:
-- this does.
--- @include "include/queue"
local schema = redis.call('HGET', meta, 'schema')
if queue_too_new(schema) then
  return { -2, schema }
end
if not schema then
  queue_found(meta)
end
if value == '' then
  redis.call('HDEL', meta, field)
else
  redis.call('HSET', meta, field, value)
end
return { 1 }
