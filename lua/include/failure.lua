-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- The last errors of a job: entries of time u48, attempt u16, kind (one letter: e error, t timeout, c crash),
-- length u16 and text, oldest first, the newest five. Needs nothing else.

-- Returns `log` with an entry added and the oldest dropped beyond five. The scripts take
-- texts of at most 4 KiB.
local function failure_add(log, now_ms, attempt, kind, text)
  log = (log or '') .. struct.pack('>I6I2', now_ms, attempt) .. kind .. struct.pack('>I2', #text) .. text
  local starts, at = {}, 1
  while at + 10 <= #log do
    starts[#starts + 1] = at
    at = at + 11 + struct.unpack('>I2', log, at + 9)
  end
  if #starts > 5 then
    log = string.sub(log, starts[#starts - 4])
  end
  return log
end
