-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Writes something behind a lane's call, for WAIT or WAITAOF to wait for, if the call is known here.
--!
--! roles:  producer
--! flags:  allow-oom
--! keys:   lane
--! args:   number:int
--! return: 1 | 0 the call is not known here: a failover lost it, or its lane is gone
--
-- WAIT asks for the last write of its own connection, and a call that was repeated wrote nothing there. Replicas apply
-- writes in order, so whoever has this one has the call as well. A primary that took over without the call has an
-- older lane or none: its replicas must not vouch for what it never had. Repeatable.
local kept = redis.call('GET', lane)
if not kept or tonumber(string.match(kept, '^%d+')) < number then
  return 0
end
redis.call('PEXPIRE', lane, 600000)
return 1
