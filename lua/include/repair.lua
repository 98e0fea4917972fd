-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Mending what an audit found. Needs include/record and include/audit. `key` is a table of the queue's keys by name.
-- Each says m if it mended, s if nothing is wrong any more, c if the queue changed meanwhile, u if nothing can be done
-- here without losing something.

-- Mends what is wrong with a job's record or with what belongs to it.
local function repair_job(key, code, id, record, first, now_ms, lease, last_fence)
  local wrong, is_wrong = {}, false
  audit_job(key, id, record, now_ms, last_fence, wrong)
  for at = 1, #wrong, 4 do
    is_wrong = is_wrong or (wrong[at] == code and (code ~= 'unnoted' or wrong[at + 2] == first))
  end
  if not is_wrong then
    return 's'
  end
  local flags, more = string.byte(record, 4, 5)
  if code == 'unindexed' or code == 'score' then
    local index, score = audit_place(record)
    redis.call('ZADD', key[index], string.format('%d', score), id)
  elseif code == 'unleased' then
    redis.call('ZADD', key.leases, string.format('%d', now_ms + lease), record_lease(id, record))
  elseif code == 'fence' then
    local fence = struct.unpack('>I7', record, 24)
    if audit_far(fence, now_ms) then
      return 'u'
    end
    redis.call('HSET', key.meta, 'fence', string.format('%d', fence))
  elseif code == 'result' then
    redis.call('HSET', key.jobs, id, string.sub(record, 1, 4) .. string.char(bit.band(more, 243))
      .. string.sub(record, 6))
  elseif code == 'unnoted' and first == 'cancelling' then
    redis.call('HSET', key.cancelling, id, string.format('%d', now_ms) .. ' doctor')
  elseif code == 'unnoted' then
    local kept = bit.band(flags, first == 'errors' and 251 or 247)
    redis.call('HSET', key.jobs, id, string.sub(record, 1, 3) .. string.char(kept) .. string.sub(record, 5))
  elseif code == 'unheld' then
    local name = record_field(record, 'u')
    local owner = name and redis.call('HGET', key.unique, name)
    local owned = owner and redis.call('HGET', key.jobs, owner)
    if not name or (owned and (record_damage(owned) or (record_field(owned, 'u') == name
      and record_holds(owned, now_ms)))) then
      return 'u'
    end
    redis.call('HSET', key.unique, '', string.rep('-', 65), name, id)
  else
    return 'u'
  end
  return 'm'
end

-- Drops an entry that no record announces.
local function repair_entry(key, source, entry)
  local sets = { delayed = true, leases = true, dead = true, kept = true }
  local value
  if sets[source] then
    value = redis.call('ZSCORE', key[source], entry)
  else
    value = redis.call('HEXISTS', key[source], entry) == 1
    if value and source == 'unique' then
      value = redis.call('HGET', key.unique, entry)
    end
  end
  if not value then
    return 's'
  end
  local id = audit_owner(source, entry, value)
  local record = redis.call('HGET', key.jobs, id)
  if record and record_damage(record) then
    return 'u'
  elseif record and audit_announces(source, entry, id, record) then
    return 's'
  elseif sets[source] then
    redis.call('ZREM', key[source], entry)
  else
    redis.call('HDEL', key[source], entry)
  end
  return 'm'
end

-- Puts a ready job that a walk did not meet in its list to the front of it. `since` is what its record said then: a job
-- that was moved meanwhile says something else. Should another repair have been quicker, it is near an end of the list.
local function repair_missing(key, ready, id, record, since, now_ms)
  local state, list, flags, attempt, crashes, returns = record_head(record)
  local name = ready[list + 1]
  if state ~= 'r' or string.format('%d', (struct.unpack('>I6', record, 18))) ~= since
    or redis.call('LPOS', name, id, 'MAXLEN', 1000) or redis.call('LPOS', name, id, 'RANK', -1, 'MAXLEN', 1000) then
    return 's'
  end
  redis.call('LPUSH', name, id)
  redis.call('HSET', key.jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
  return 'm'
end

-- Corrects the count of a list's tombstones: by counting where that is short, else to what a walk counted (entries,
-- counted by `meta`, counted by the walk, first and last entry), if the list is as it was then.
local function repair_tombs(key, ready, list, walked)
  local name, field = ready[list + 1], 'tomb:' .. list
  local counted, length = redis.call('HGET', key.meta, field) or '0', redis.call('LLEN', name)
  local count
  if length <= 500 then
    local seen, live = {}, 0
    local ids = redis.call('LRANGE', name, 0, -1)
    if #ids > 0 then
      for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(ids))) do -- at most 500
        if not seen[ids[index]] and audit_is_live(record, list) then
          seen[ids[index]] = true
          live = live + 1
        end
      end
    end
    count = tostring(length - live)
  else
    local entries, before, found, first, last = string.match(walked, '^(%d+) (%S+) (%d+) (%S+) (%S+)$')
    if tonumber(entries) ~= length or before ~= counted or first ~= redis.call('LINDEX', name, 0)
      or last ~= redis.call('LINDEX', name, -1) then
      return 'c'
    end
    count = found
  end
  if count == counted then
    return 's'
  end
  redis.call('HSET', key.meta, field, count)
  return 'm'
end

-- Takes a value out of `meta` that is no number; a pause stays one, until somebody resumes the queue.
local function repair_number(key, field, now_ms)
  local value = redis.call('HGET', key.meta, field)
  local is_far = field == 'fence' and audit_far(value, now_ms)
  if not value or (string.find(value, '^%d+$') and not is_far) then
    return 's'
  elseif is_far then
    redis.call('HSET', key.meta, field, string.format('%d', now_ms * 1000))
  elseif field == 'schema' then
    return 'u'
  elseif field == 'paused_until' then
    redis.call('HSET', key.meta, field, '0')
  else
    redis.call('HDEL', key.meta, field)
  end
  return 'm'
end
