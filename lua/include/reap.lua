-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Returning the jobs of crashed workers. Needs include/record, include/damage, include/ending and
-- include/failure.

-- Reads the records behind expired leases. Returns member, id and record of each; record is false where the lease is
-- not the one that the record is running under, so that only the index entry goes.
local function reap_look(jobs, members)
  local reaped = {}
  for index, member in ipairs(members) do
    local id = string.match(member, '^[^:]*')
    local record = redis.call('HGET', jobs, id)
    if record and (string.byte(record, 2) ~= 110 or record_lease(id, record) ~= member or record_damage(record)) then
      record = false
    end
    reaped[index] = { member, id, record }
  end
  return reaped
end

-- Returns how long a job waits after its second or a later crash: 5 s, doubling, 5 min at most, and by its fence up to
-- as long again. Jobs that crash together were mostly claimed together, under fences in a row; steps of the golden ratio
-- set these far apart, so that one job that ends its worker each time does not take the same others along to the end.
local function reap_wait(crashes, fence)
  local wait_ms = math.min(5000 * 2 ^ (crashes - 2), 300000)
  return wait_ms + math.floor(wait_ms * (fence % 1000 * 618 % 1000) / 1000)
end

-- Ends one crashed attempt. Returns 'ready', 'delayed', 'died' with the reason, or 'cancelled'.
local function reap_one(key, delayed, id, record, now_ms, max_crashes)
  local _, _, flags, attempt, crashes, returns = record_head(record)
  local max_attempts = struct.unpack('>I2', record, 10)
  crashes = math.min(crashes + 1, 255)
  if bit.band(flags, 2) ~= 0 then
    ending_close(key, id, record, 'k', now_ms, 'cancelled')
    return 'cancelled'
  end
  local text = 'lease expired on node ' .. string.sub(record, 31, 36)
  redis.call('HSET', key.errors, id, failure_add(redis.call('HGET', key.errors, id), now_ms, attempt, 'c', text))
  flags = bit.bor(flags, 4)
  record = record_move(record, 'n', flags, attempt, crashes, returns, struct.unpack('>I6', record, 18))
  if crashes >= max_crashes then
    ending_bury(key, id, record, now_ms, 'crashed too often: ' .. text)
    return 'died', 'crashed too often: ' .. text
  elseif max_attempts > 0 and attempt >= max_attempts then
    ending_bury(key, id, record, now_ms, 'no attempts left: ' .. text)
    return 'died', 'no attempts left: ' .. text
  elseif crashes == 1 then
    redis.call('HSET', key.jobs, id, record_move(record, 'r', flags, attempt, crashes, returns, now_ms))
    return 'ready'
  end
  local due_ms = now_ms + reap_wait(crashes, (struct.unpack('>I7', record, 24)))
  redis.call('HSET', key.jobs, id, record_move(record, 'd', flags, attempt, crashes, returns, due_ms))
  redis.call('ZADD', delayed, string.format('%d', due_ms), id)
  return 'delayed'
end

-- Ends the crashed attempts: a first crash puts the job to the front of its list, a later one delays it, one too
-- many makes it dead. The earliest to expire ends up first in its list.
local function reap_return(key, ready, delayed, leases, reaped, now_ms, max_crashes)
  local tally = { ready = 0, delayed = 0, died = 0, cancelled = 0, crashed = 0, dead = {} }
  for index = #reaped, 1, -1 do
    local member, id, record = reaped[index][1], reaped[index][2], reaped[index][3]
    redis.call('ZREM', leases, member)
    if record then
      local _, list, _, attempt = record_head(record)
      local fate, reason = reap_one(key, delayed, id, record, now_ms, max_crashes)
      if fate == 'ready' then
        redis.call('LPUSH', ready[list + 1], id)
      end
      tally[fate] = tally[fate] + 1
      if reason then
        local name = string.sub(record, 40, 39 + string.byte(record, 39))
        for _, part in ipairs({ id, name, tostring(attempt), reason }) do
          tally.dead[#tally.dead + 1] = part
        end
      end
      tally.crashed = tally.crashed + 1
    end
  end
  return tally
end

-- Drops tombstones from the head of a list while they are at least as many as its entries, at most 500 a list and
-- call. The count never decides that a list is empty: where an entry is live, the count is what was wrong, and is
-- mended. Returns whether more can be dropped.
local function reap_tombs(jobs, ready, tombs, counts)
  local is_cut = false
  for list = 1, 4 do
    local count, length = tonumber(tombs[list]) or 0, redis.call('LLEN', ready[list])
    if count > 0 and count >= length then
      local used = 0
      if length > 0 then
        local ids, live = redis.call('LRANGE', ready[list], 0, 499), 0
        for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
          if record and string.byte(record, 2) == 114 and math.floor((string.byte(record, 3) - 48) / 4) == list - 1 then
            live = live + 1
          elseif live == 0 then
            used = index
          end
        end
        if used > 0 then
          redis.call('LTRIM', ready[list], used, -1)
        end
        count = math.min(count - used, length - used - live)
        is_cut = is_cut or (live == 0 and length > used)
      else
        count = 0
      end
      counts[#counts + 1] = 'tomb:' .. (list - 1)
      counts[#counts + 1] = count
    end
  end
  return is_cut
end

-- Returns the ids of jobs that run on this node and are to be cancelled, at most 100; entries of jobs that do not run
-- any more are dropped.
local function reap_cancelling(jobs, cancelling, node)
  local mine = {}
  if redis.call('HLEN', cancelling) == 0 then
    return mine
  end
  local ids = redis.call('HRANDFIELD', cancelling, 100)
  for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 100
    if not record or string.byte(record, 2) ~= 110 then
      redis.call('HDEL', cancelling, ids[index])
    elseif string.sub(record, 31, 36) == node then
      mine[#mine + 1] = ids[index]
    end
  end
  return mine
end
