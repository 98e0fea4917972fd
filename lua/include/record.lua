-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- The record of a job: a header at fixed offsets, then name, options, tagged fields, payload. The layout stands in
-- docs/architecture.md. The helpers here read it and build new ones; none of them touches Redis.

-- Returns where the lists of fields end, so that the payload begins one byte after.
local function record_fields_end(record)
  return 38 + struct.unpack('>I2', record, 37)
end

-- Returns expires_ms, timeout_ms, keep_ms and window_ms, all 0 without an options block.
local function record_options(record)
  if bit.band(string.byte(record, 5), 16) == 0 then
    return 0, 0, 0, 0
  end
  return struct.unpack('>I6I5I5I5', record, 40 + string.byte(record, 39))
end

-- Returns where a tagged field begins and the length of its bytes, or nil.
local function record_seek(record, tag)
  local at = 40 + string.byte(record, 39)
  if bit.band(string.byte(record, 5), 16) ~= 0 then
    at = at + 21
  end
  local stop = record_fields_end(record)
  while at < stop do
    local length = struct.unpack('>I2', record, at + 1)
    if string.sub(record, at, at) == tag then
      return at, length
    end
    at = at + 3 + length
  end
  return nil
end

-- Returns a tagged field's bytes, or nil.
local function record_field(record, tag)
  local at, length = record_seek(record, tag)
  return at and string.sub(record, at + 3, at + 2 + length)
end

-- Returns the record with a tagged field added (or not, if the fields would pass 65,535 bytes).
local function record_add(record, tag, bytes)
  local stop = record_fields_end(record)
  local length = stop - 38 + 3 + #bytes
  if length > 65535 then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', length) .. string.sub(record, 39, stop)
    .. tag .. struct.pack('>I2', #bytes) .. bytes .. string.sub(record, stop + 1)
end

-- Returns the record without a tagged field.
local function record_cut(record, tag)
  local at, length = record_seek(record, tag)
  if not at then
    return record
  end
  return string.sub(record, 1, 36) .. struct.pack('>I2', record_fields_end(record) - 38 - 3 - length)
    .. string.sub(record, 39, at - 1) .. string.sub(record, at + 3 + length)
end

-- Returns the record with a new state, flags, counts and time; fence, node and everything else stay.
local function record_move(record, state, flags, attempt, crashes, returns, at_ms)
  return string.sub(record, 1, 1) .. state .. string.sub(record, 3, 3) .. string.char(flags)
    .. string.sub(record, 5, 5) .. struct.pack('>I2', attempt) .. string.char(crashes, returns)
    .. string.sub(record, 10, 17) .. struct.pack('>I6', at_ms) .. string.sub(record, 24)
end

-- Returns state, list, flags, attempt, crashes and hand-backs.
local function record_head(record)
  local place, flags, _, high, low, crashes, returns = string.byte(record, 3, 9)
  return string.sub(record, 2, 2), math.floor((place - 48) / 4), flags, high * 256 + low, crashes, returns
end

-- The fences of one call mostly follow each other: all but the last two digits of the latest one are kept as text. (They
-- have 16 digits, as they are later than the time in microseconds.)
local record_hundreds, record_figures

-- Returns the member of `leases` for a job under a fence, held by a node: `id:fence:node`.
local function record_member(id, fence, node)
  local low = fence % 100
  if fence - low ~= record_hundreds then
    record_hundreds = fence - low
    record_figures = string.format(':%d', record_hundreds / 100)
  end
  return id .. record_figures .. string.char(48 + math.floor(low / 10), 48 + low % 10) .. ':' .. node
end

-- Returns the lease that a running job is held under; nil if the record ends too early to name one.
local function record_lease(id, record)
  if #record < 39 then
    return nil
  end
  local fence = struct.unpack('>I7', record, 24)
  return record_member(id, fence, string.sub(record, 31, 36))
end

-- Says whether the job may be touched: it is in one of these states (any, without letters), and was enqueued by then
-- (at any time, with 0).
local function record_meant(record, states, seen_ms)
  return (states == '' or string.find(states, string.sub(record, 2, 2), 1, true) ~= nil)
    and (seen_ms == 0 or struct.unpack('>I6', record, 12) <= seen_ms)
end

-- Returns the record of a job that was started once, so that it does not expire any more.
local function record_started(record)
  return string.sub(record, 1, 4) .. string.char(bit.band(string.byte(record, 5), 223)) .. string.sub(record, 6)
end

-- Says whether the job was never started and must not be any more.
local function record_expired(record, now_ms)
  if bit.band(string.byte(record, 5), 32) == 0 or struct.unpack('>I2', record, 6) > 0 then
    return false
  end
  local expires_ms = record_options(record)
  return expires_ms > 0 and now_ms >= expires_ms
end

-- Says whether a job still holds its unique key: it has not ended, or its window has not.
local function record_holds(record, now_ms)
  local state = string.sub(record, 2, 2)
  if state == 'd' or state == 'r' or state == 'n' then
    return true
  end
  local _, _, _, window_ms = record_options(record)
  return struct.unpack('>I6', record, 18) + window_ms > now_ms
end
