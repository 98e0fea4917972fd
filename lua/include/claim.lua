-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Choosing what a worker claims. Needs include/record and include/damage.

-- Reads the heads of the ready lists and decides what each entry is. Returns the ids and records of the jobs to claim,
-- those that expired, those whose payload is gone, how many entries of each list are used up, how many of them were
-- tombstones, and how many live entries remain. Done for each job, so it calls as little as it can.
local function claim_plan(jobs, big, ready, limit, tombs, now_ms)
  local byte = string.byte
  local ids, records, seen, count, bytes = {}, {}, {}, 0, 0
  local plan = { ids = ids, records = records, expired = {}, bereft = {}, used = { 0, 0, 0, 0 },
    dropped = { 0, 0, 0, 0 }, remaining = 0, is_change = false }
  for list = 1, 4 do
    local length = redis.call('LLEN', ready[list])
    local need = limit - count
    local used, dropped = 0, 0
    if length > 0 and need > 0 and bytes < 1048576 then
      local heads = redis.call('LRANGE', ready[list], 0, need + math.min(tombs[list], 100) - 1)
      local first = 44 + 4 * list -- the places of this list are the four bytes from here on
      for index, record in ipairs(redis.call('HMGET', jobs, unpack(heads))) do -- at most 600
        if count >= limit or bytes >= 1048576 then
          break
        end
        local id = heads[index]
        used = index
        local is_live, flags, more = false, 0, 0
        if record and #record >= 39 and not seen[id] then
          local state, place
          state, place, flags, more = byte(record, 2, 5)
          is_live = state == 114 and place >= first and place < first + 4
        end
        local is_apart, is_special = flags % 64 >= 32, more % 64 >= 16
        -- Only these have parts that are read below.
        if is_live and (is_apart or is_special) and record_damage(record) then
          is_live = false
        end
        if not is_live then
          dropped = dropped + 1
        elseif is_special and record_expired(record, now_ms) then
          plan.expired[#plan.expired + 1] = { id, record }
          seen[id] = true
        elseif is_apart and record_bereft(big, id, record) then
          plan.bereft[#plan.bereft + 1] = { id, record }
          seen[id] = true
        else
          count = count + 1
          ids[count], records[count] = id, record
          seen[id] = true
          bytes = bytes + #record
          if is_apart then
            bytes = bytes + struct.unpack('>I4', record, record_fields_end(record) + 1)
          end
        end
      end
      plan.is_change = plan.is_change or used > 0
    end
    plan.used[list], plan.dropped[list] = used, dropped
    local left = length - used
    if left > 0 then
      plan.remaining = plan.remaining + math.max(0, left - math.max(0, tombs[list] - dropped))
    end
  end
  return plan
end

-- Takes the used entries off the ready lists and notes the tombstones that went with them.
local function claim_drop(ready, plan, tombs, counts)
  for list = 1, 4 do
    if plan.used[list] > 0 then
      redis.call('LTRIM', ready[list], plan.used[list], -1)
      if plan.dropped[list] > 0 then
        counts[#counts + 1] = 'tomb:' .. (list - 1)
        counts[#counts + 1] = math.max(0, tombs[list] - plan.dropped[list])
      end
    end
  end
end

-- Makes the jobs of a plan running ones: one attempt more, claimed now by this node under the fences after `fence`.
-- Returns ids and records in one list, expiries and leases in another, and ids, records and payloads for the worker.
-- The first 17 bytes of most records of a call are the same, and so are the first five of most fences.
local function claim_take(plan, big, now_ms, fence, expiry, node)
  local sub, char, floor = string.sub, string.char, math.floor
  local fields, scores, claimed, ids = {}, {}, {}, plan.ids
  local start, head, high, stem
  for index, record in ipairs(plan.records) do
    local id, begins = ids[index], sub(record, 1, 17)
    if begins ~= start then
      start = begins
      local attempt = math.min(struct.unpack('>I2', record, 6) + 1, 65535)
      head = sub(record, 1, 1) .. 'n' .. sub(record, 3, 5) .. struct.pack('>I2', attempt) .. sub(record, 8, 17)
    end
    local number = fence + index
    local low = number % 65536
    if (number - low) / 65536 ~= high then
      high = (number - low) / 65536
      stem = struct.pack('>I6I5', now_ms, high)
    end
    record = head .. stem .. char(floor(low / 256), low % 256) .. node .. sub(record, 37)
    fields[2 * index - 1], fields[2 * index] = id, record
    scores[2 * index - 1] = expiry
    scores[2 * index] = record_member(id, number, node)
    claimed[3 * index - 2], claimed[3 * index - 1], claimed[3 * index] = id, record, ''
    if floor(string.byte(record, 4) / 32) % 2 == 1 then
      claimed[3 * index] = redis.call('HGET', big, id)
    end
  end
  return fields, scores, claimed
end

-- Answers a repeated call from its short reply, lost ids and the first fence with the claimed ids: the claimed jobs whose
-- records still carry their fence, and whose payload is still there (the lease of the others runs out).
local function claim_again(jobs, big, note)
  local gone, first, ids = string.match(note, '^([^,]*),(%d*)(.*)$')
  local lost, claimed, fence = {}, {}, tonumber(first)
  for id in string.gmatch(gone, '[^ ]+') do
    lost[#lost + 1] = id
  end
  for id in string.gmatch(ids, '[^ ]+') do
    local record = redis.call('HGET', jobs, id)
    if record and #record >= 39 and string.byte(record, 2) == 110 and struct.unpack('>I7', record, 24) == fence then
      local payload = ''
      if bit.band(string.byte(record, 4), 32) ~= 0 then
        payload = not record_bereft(big, id, record) and redis.call('HGET', big, id)
      end
      if payload then
        claimed[#claimed + 1] = id
        claimed[#claimed + 1] = record
        claimed[#claimed + 1] = payload
      end
    end
    fence = fence + 1
  end
  return { 1, lost, claimed, 1, -1 }
end
