-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- The documented limits (docs/guarantees.md), checked here as in the client: who writes calls of his own must not bring a
-- queue to a state that others stumble over.

-- Refuses a call. `what` names the limit and nothing of what was given: an error reply must not carry a caller's bytes.
local function limit_refusal(what)
  return redis.error_reply('STINTLIMIT ' .. what)
end

-- Says whether a text (or nothing) can be the name of a queue.
local function limit_is_queue(name)
  return name and #name > 0 and #name <= 64 and not string.find(name, '[^a-z0-9._-]')
end
