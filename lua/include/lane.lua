-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- A lane makes a call repeatable: it keeps the number of the caller's last call and a short form of its reply.
-- One call of a lane is unanswered at a time, so the same number again is the same call.

-- Says what to do with call `number` of a lane: 'new'; 'again' with the short reply; 'lost' when the lane is gone or
-- out of step, in which case nothing may be done.
local function lane_check(lane, number)
  local kept = redis.call('GET', lane)
  if not kept then
    return 'lost'
  end
  local colon = string.find(kept, ':', 1, true)
  local last = tonumber(string.sub(kept, 1, colon - 1))
  if number == last + 1 then
    return 'new'
  elseif number == last and number > 0 then
    return 'again', string.sub(kept, colon + 1)
  end
  return 'lost'
end

-- Notes call `number` as done, with the short reply that a repetition gets.
local function lane_note(lane, number, reply)
  redis.call('SET', lane, string.format('%d', number) .. ':' .. reply, 'PX', 600000)
end
