-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- How a job leaves: everything that the queue holds about it goes in the same script. `key` is a table of the queue's
-- keys by name: jobs, big, errors, progress, cancelling, unique, kept, dead. Needs include/record.

-- Frees the unique key, if this job holds it.
local function ending_free(key, id, record)
  if bit.band(string.byte(record, 4), 64) ~= 0 then
    local name = record_field(record, 'u')
    if name and redis.call('HGET', key.unique, name) == id then
      redis.call('HDEL', key.unique, name)
    end
  end
end

-- Deletes all that the queue holds about a job, except its entry in an index, which is the caller's.
local function ending_forget(key, id, record)
  local flags, more = string.byte(record, 4, 5)
  redis.call('HDEL', key.jobs, id)
  if bit.band(flags, 32) ~= 0 or bit.band(more, 4) ~= 0 then
    redis.call('HDEL', key.big, id, id .. ':r')
  end
  if bit.band(flags, 4) ~= 0 then
    redis.call('HDEL', key.errors, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  ending_free(key, id, record)
end

-- Tells whoever awaits the job that it ended. A hint: who misses it reads the record again. So a refusal (a user
-- without the right to publish) must not end the script half done.
local function ending_tell(key, id, record)
  if bit.band(string.byte(record, 4), 1) ~= 0 then
    redis.pcall('PUBLISH', string.sub(key.jobs, 1, -5) .. 'ended', id)
  end
end

-- Returns the record as it is kept after the end: state, time of end, reason, when its last attempt started.
local function ending_record(key, id, record, state, now_ms, reason)
  local old, _, flags, attempt, crashes, returns = record_head(record)
  local started = string.sub(record, 18, 23)
  if bit.band(flags, 2) ~= 0 then
    redis.call('HDEL', key.cancelling, id)
  end
  if bit.band(flags, 8) ~= 0 then
    redis.call('HDEL', key.progress, id)
  end
  record = record_cut(record_cut(record, 'm'), 's')
  record = record_move(record, state, bit.band(flags, 245), attempt, crashes, returns, now_ms)
  if reason then
    record = record_add(record, 'm', reason)
  end
  if old == 'n' then
    record = record_add(record, 's', started)
  end
  return record
end

-- Ends a job as completed ('c') or cancelled ('k'). It is kept if it asked for that, is awaited (60 s at least), or if
-- its id or key has a window beyond the end; otherwise it is forgotten.
local function ending_close(key, id, record, state, now_ms, reason, result)
  local flags = string.byte(record, 4)
  local _, _, keep_ms, window_ms = record_options(record)
  local wants_result = keep_ms > 0
  if bit.band(flags, 1) ~= 0 then
    wants_result = true
    keep_ms = math.max(keep_ms, 60000)
  end
  local held_ms = math.max(keep_ms, window_ms)
  ending_tell(key, id, record)
  if held_ms == 0 then
    ending_forget(key, id, record)
    return
  end
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  record = ending_record(key, id, record, state, now_ms, reason)
  if wants_result and result and #result > 0 then
    local more = bit.bor(string.byte(record, 5), 8)
    if #result > 512 then
      more = bit.bor(more, 4)
      redis.call('HSET', key.big, id .. ':r', result)
    else
      record = record_add(record, 'v', result)
    end
    record = string.sub(record, 1, 4) .. string.char(more) .. string.sub(record, 6)
  end
  redis.call('HSET', key.jobs, id, record)
  redis.call('ZADD', key.kept, now_ms + held_ms, id)
end

-- Ends a job as dead, with the reason. It stays until it is retried, purged, or trimmed by age or count.
local function ending_bury(key, id, record, now_ms, reason)
  local _, _, _, window_ms = record_options(record)
  ending_tell(key, id, record)
  if window_ms == 0 then
    ending_free(key, id, record)
  end
  redis.call('HSET', key.jobs, id, ending_record(key, id, record, 'x', now_ms, reason))
  redis.call('ZADD', key.dead, now_ms, id)
end
