-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Redis time is read once a script, here: Redis 7.0 does not freeze it while a script runs.

-- Returns the server's time in whole milliseconds and in microseconds.
local function clock_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end

-- Returns when `delay_ms` from now are over: rounded up, so that nothing begins early. No delay is now.
local function clock_due(now_ms, now_us, delay_ms)
  return delay_ms > 0 and math.ceil(now_us / 1000) + delay_ms or now_ms
end
