-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Bytes in the place of a record that are none: cut off, or written by something else. A script looks before its first
-- write, leaves such a job as it is (`stint doctor` tells of it) and goes on with the others. (A
-- finish that needs nothing of a record but its lease, looks at that only.) Needs include/record.

-- Says why bytes are no record; nil if they are one.
local function record_damage(record)
  local format, _, place = string.byte(record, 1, 3)
  if #record < 39 then
    return 'it ends too early'
  elseif format ~= 1 then
    return 'its format is unknown'
  elseif not string.find('drnckx', string.sub(record, 2, 2), 1, true) then
    return 'its state is unknown'
  elseif place < 48 or place > 63 then
    return 'its list is unknown'
  end
  local stop = record_fields_end(record)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  if stop > #record then
    return 'its fields end too early'
  end
  while at + 2 <= stop do
    local length = struct.unpack('>I2', record, at + 1)
    if length ~= 6 and string.find('es', string.sub(record, at, at), 1, true) then
      return 'a time in its fields is none'
    end
    at = at + 3 + length
  end
  if at ~= stop + 1 then
    return 'its fields do not fit'
  elseif bit.band(string.byte(record, 4), 32) ~= 0 and #record < stop + 4 then
    return 'it does not tell the length of its payload'
  end
  return nil
end

-- Says whether the payload that a record announces elsewhere is not there, or not the one that was stored.
local function record_bereft(big, id, record)
  return bit.band(string.byte(record, 4), 32) ~= 0
    and redis.call('HSTRLEN', big, id) ~= math.max(1, (struct.unpack('>I4', record, record_fields_end(record) + 1)))
end
