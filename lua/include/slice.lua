-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- A slice of a hash that may have long values. Needs nothing else.

-- Returns the next cursor ('0' at the end) and fields and values in one list: about `limit` of them or 256 KiB, whichever
-- is first. `step` is how many are asked for at a time: 1 where a value may have megabytes.
local function slice_hash(name, cursor, limit, step)
  local flat, bytes = {}, 0
  for _ = 1, limit do
    local page = redis.call('HSCAN', name, cursor, 'COUNT', step)
    cursor = page[1]
    for _, part in ipairs(page[2]) do
      flat[#flat + 1] = part
      bytes = bytes + #part
    end
    if cursor == '0' or #flat >= 2 * limit or bytes >= 262144 then
      break
    end
  end
  return cursor, flat
end
