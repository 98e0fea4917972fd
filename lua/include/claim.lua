-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- Choosing what a worker claims. Needs include/record and include/damage.

-- Reads the heads of the ready lists and decides what each entry is. Returns the jobs to claim, those that expired,
-- those whose payload is gone, how many entries of each list are used up, how many of them were tombstones, and how
-- many live entries remain.
local function claim_plan(jobs, big, ready, limit, tombs, now_ms)
  local plan = { jobs = {}, expired = {}, bereft = {}, used = { 0, 0, 0, 0 }, dropped = { 0, 0, 0, 0 }, remaining = 0,
    is_change = false }
  local seen, bytes = {}, 0
  for list = 1, 4 do
    local length = redis.call('LLEN', ready[list])
    local need = limit - #plan.jobs
    if length > 0 and need > 0 and bytes < 1048576 then
      local ids = redis.call('LRANGE', ready[list], 0, need + math.min(tombs[list], 100) - 1)
      for index, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 600
        if #plan.jobs >= limit or bytes >= 1048576 then
          break
        end
        local id = ids[index]
        plan.used[list] = index
        plan.is_change = true
        local is_live = record and #record >= 39 and not seen[id] and string.byte(record, 2) == 114
          and math.floor((string.byte(record, 3) - 48) / 4) == list - 1
        local flags, more = string.byte(record or '', 4, 5)
        local is_apart = is_live and bit.band(flags, 32) ~= 0
        -- Only these have parts that are read below.
        if is_live and (is_apart or bit.band(more, 48) ~= 0) and record_damage(record) then
          is_live = false
        end
        if not is_live then
          plan.dropped[list] = plan.dropped[list] + 1
        elseif record_expired(record, now_ms) then
          plan.expired[#plan.expired + 1] = { id, record }
          seen[id] = true
        elseif is_apart and record_bereft(big, id, record) then
          plan.bereft[#plan.bereft + 1] = { id, record }
          seen[id] = true
        else
          plan.jobs[#plan.jobs + 1] = { id, record }
          seen[id] = true
          bytes = bytes + #record
          if is_apart then
            bytes = bytes + struct.unpack('>I4', record, record_fields_end(record) + 1)
          end
        end
      end
    end
    local left = length - plan.used[list]
    if left > 0 then
      plan.remaining = plan.remaining + math.max(0, left - math.max(0, tombs[list] - plan.dropped[list]))
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

-- Returns the record as a running one: one attempt more, claimed now, under this fence by this node.
local function claim_record(record, now_ms, fence, node)
  local attempt = math.min(struct.unpack('>I2', record, 6) + 1, 65535)
  return string.sub(record, 1, 1) .. 'n' .. string.sub(record, 3, 5) .. struct.pack('>I2', attempt)
    .. string.sub(record, 8, 17) .. struct.pack('>I6I7', now_ms, fence) .. node .. string.sub(record, 37)
end

-- Answers a repeated call from its short reply: the claimed jobs whose records still carry the fence, and whose payload
-- is still there (the lease of the others runs out).
local function claim_again(jobs, big, note)
  local comma = string.find(note, ',', 1, true)
  local lost, claimed = {}, {}
  for id in string.gmatch(string.sub(note, 1, comma - 1), '[^ ]+') do
    lost[#lost + 1] = id
  end
  for id, fence in string.gmatch(string.sub(note, comma + 1), '([^ :]+):(%d+)') do
    local record = redis.call('HGET', jobs, id)
    if record and #record >= 39 and string.byte(record, 2) == 110
      and string.format('%d', (struct.unpack('>I7', record, 24))) == fence then
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
  end
  return { 1, lost, claimed, 1, -1 }
end
