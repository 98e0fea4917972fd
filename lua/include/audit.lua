-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- What is wrong with a job or with an entry of an index. Needs include/record and include/damage.
-- Nothing here writes.

-- Notes something that is wrong: its code, the job's id, and two details.
local function audit_note(wrong, code, id, first, second)
  local at = #wrong
  wrong[at + 1], wrong[at + 2], wrong[at + 3], wrong[at + 4] = code, id, first or '', second or ''
end

-- Returns the sorted set that a record's state names, and the score in it; nil for ready and running jobs.
local function audit_place(record)
  local state, at_ms = string.sub(record, 2, 2), struct.unpack('>I6', record, 18)
  if state == 'd' then
    return 'delayed', at_ms
  elseif state == 'x' then
    return 'dead', at_ms
  elseif state == 'r' or state == 'n' then
    return nil
  end
  local _, _, keep_ms, window_ms = record_options(record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    keep_ms = math.max(keep_ms, 60000)
  end
  return 'kept', at_ms + math.max(keep_ms, window_ms)
end

-- Says whether a record counts attempts that it cannot have had, or that it must not have any more.
local function audit_miscounted(record)
  local state, _, _, attempt, crashes = record_head(record)
  local most = struct.unpack('>I2', record, 10)
  if state == 'n' then
    return attempt == 0 or crashes >= attempt or (most > 0 and attempt > most)
  end
  return crashes > attempt or ((state == 'd' or state == 'r') and most > 0 and attempt >= most)
end

-- Notes what is wrong with what a record announces in other keys.
local function audit_notes(key, id, record, wrong)
  local state, _, flags = record_head(record)
  local more = string.byte(record, 5)
  if bit.band(flags, 32) ~= 0 then
    local announced = struct.unpack('>I4', record, record_fields_end(record) + 1)
    local found = redis.call('HSTRLEN', key.big, id)
    if found ~= announced then
      audit_note(wrong, 'payload', id, tostring(announced), tostring(found))
    end
  end
  if bit.band(more, 4) ~= 0 and redis.call('HEXISTS', key.big, id .. ':r') == 0 then
    audit_note(wrong, 'result', id)
  end
  if bit.band(flags, 4) ~= 0 and redis.call('HEXISTS', key.errors, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'errors')
  end
  if bit.band(flags, 8) ~= 0 and redis.call('HEXISTS', key.progress, id) == 0 then
    audit_note(wrong, 'unnoted', id, 'progress')
  end
  if bit.band(flags, 2) ~= 0 then
    if state ~= 'n' then
      audit_note(wrong, 'flagged', id)
    elseif redis.call('HEXISTS', key.cancelling, id) == 0 then
      audit_note(wrong, 'unnoted', id, 'cancelling')
    end
  end
  if bit.band(flags, 64) ~= 0 and (state == 'd' or state == 'r' or state == 'n') then
    local name = record_field(record, 'u') or ''
    local owner = redis.call('HGET', key.unique, name)
    if owner ~= id then
      audit_note(wrong, 'unheld', id, name, owner or '')
    end
  end
end

-- Says whether a fence is further ahead of the clock, which fences follow in microseconds, than any clock was ever set:
-- ten years. What came after it would leave the numbers that Lua counts by one.
local function audit_far(fence, now_ms)
  fence = tonumber(fence)
  return fence and fence > (now_ms + 315576000000) * 1000
end

-- Notes all that is wrong with one job but whether a ready one is in its list. Returns whether its record can be read.
local function audit_job(key, id, record, now_ms, last_fence, wrong)
  local damage = record_damage(record)
  if damage then
    audit_note(wrong, 'damaged', id, damage)
    return false
  end
  local state = string.sub(record, 2, 2)
  local index, score = audit_place(record)
  if index then
    local found = redis.call('ZSCORE', key[index], id)
    if not found then
      audit_note(wrong, 'unindexed', id, index)
    elseif tonumber(found) ~= score then
      audit_note(wrong, 'score', id, index, found)
    end
  elseif state == 'n' and not redis.call('ZSCORE', key.leases, record_lease(id, record)) then
    audit_note(wrong, 'unleased', id)
  end
  local fence = struct.unpack('>I7', record, 24)
  if fence > last_fence then
    audit_note(wrong, 'fence', id, string.format('%d', fence))
  end
  if audit_miscounted(record) then
    audit_note(wrong, 'miscounted', id, tostring((struct.unpack('>I2', record, 6))), tostring(string.byte(record, 8)))
  end
  local enqueued_ms, at_ms = struct.unpack('>I6I6', record, 12)
  if math.max(enqueued_ms, state == 'd' and 0 or at_ms) > now_ms + 5000 then
    audit_note(wrong, 'future', id)
  end
  audit_notes(key, id, record, wrong)
  return true
end

-- Returns the job that an entry belongs to; of unique keys it is the entry's value.
local function audit_owner(source, entry, value)
  if source == 'unique' then
    return value
  end
  return string.match(entry, '^[^:]*')
end

-- Says whether a record announces an entry of an index or of a hash beside it.
local function audit_announces(source, entry, id, record)
  local state, _, flags = record_head(record)
  if source == 'leases' then
    return state == 'n' and record_lease(id, record) == entry
  elseif source == 'unique' then
    local _, _, _, window_ms = record_options(record)
    return bit.band(flags, 64) ~= 0 and record_field(record, 'u') == entry
      and (state == 'd' or state == 'r' or state == 'n' or window_ms > 0)
  elseif source == 'big' then
    return bit.band(entry == id and flags or string.byte(record, 5), entry == id and 32 or 4) ~= 0
  end
  local flag = ({ errors = 4, progress = 8, cancelling = 2 })[source]
  if flag then
    return bit.band(flags, flag) ~= 0
  end
  return string.find(({ delayed = 'd', dead = 'x', kept = 'ck' })[source], state, 1, true) ~= nil
end

-- Says whether an entry is of a ready job of the list, and no tombstone.
local function audit_is_live(record, list)
  return record and #record >= 39 and string.byte(record, 2) == 114
    and math.floor((string.byte(record, 3) - 48) / 4) == list
end
