-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- The short way of an enqueue, for what most calls carry: jobs without a unique key, a payload beside the record or a
-- moment to expire, whose ids are new. It decides as include/intake does, at half of the cost, and leaves every other
-- call to it, also those that are to be refused. Needs include/record and include/intake.
--
-- Redis' Lua pays for every byte of every string that is made, so a record is joined once; and what follows from the head
-- that records share is worked out once.

-- Returns what follows from the head of records, or nil if they are not plain.
local function plain_shape(head, now_ms, now_us)
  if #head ~= 39 then
    return nil
  end
  local format, _, place, flags, more = string.byte(head, 1, 5)
  local high, low, name = string.byte(head, 37, 39)
  local stop, start = 38 + high * 256 + low, 39 + name + (more % 32 >= 16 and 21 or 0)
  if format ~= 1 or bit.band(flags, 96) ~= 0 or bit.band(more, 32) ~= 0 or name == 0 or name > 128 or start > stop
    or place < 48 or place > 63 then
    return nil
  end
  local settled, due_ms = intake_settle(head, now_ms, now_us)
  return { head = settled, due_ms = due_ms, list = math.floor((place - 48) / 4) + 1, fields = stop - 39,
    has_tags = start < stop }
end

-- Adds the jobs of one head, whose first is at a place of the arguments, to the plan; false if one is not plain. `ids`
-- and `seen` are of the whole call.
local function plain_add(plan, shape, arguments, at, count, ids, seen)
  local find, head, fields, due_ms = string.find, shape.head, shape.fields, shape.due_ms
  local target = due_ms and plan.delayed or plan.ready[shape.list]
  local jobs, place, index, bytes = plan.jobs, #target, #ids, 0
  local due = due_ms and string.format('%d', due_ms)
  for next = at, at + 2 * count - 2, 2 do
    local id, rest = arguments[next], arguments[next + 1]
    if not rest or seen[id] or #id > 64 or not find(id, '^%w+$') and (#id == 0 or find(id, '[^%w._-]'))
      or #rest < fields or #rest - fields > 512 or shape.has_tags and intake_has_excess_tags(head .. rest) then
      return false
    end
    seen[id] = true
    index = index + 1
    ids[index] = id
    jobs[2 * index - 1], jobs[2 * index] = id, head .. rest
    if due then
      place = place + 1
      target[place] = due
    end
    place = place + 1
    target[place] = id
    bytes = bytes + #rest
  end
  plan.bytes = plan.bytes + bytes
  if due_ms then
    plan.soonest = math.min(plan.soonest or due_ms, due_ms)
  else
    plan.is_ready = true
  end
  return true
end

-- Returns a code per entry and the plan of writes, as intake_decide does; nil if the call is not plain.
local function plain_plan(jobs, arguments, from, now_ms, now_us)
  local plan, ids, seen, at, last = intake_plan(), {}, {}, from, #arguments
  plan.bytes = 0
  while at < last do
    local shape, count = plain_shape(arguments[at], now_ms, now_us), tonumber(arguments[at + 1]) or 0
    if not shape or count < 1 or count > 500 or not plain_add(plan, shape, arguments, at + 2, count, ids, seen) then
      return nil
    end
    at = at + 2 + 2 * count
  end
  if at ~= last + 1 or #ids == 0 or #ids > 500 or plan.bytes > 1000000 then
    return nil
  end
  for _, record in ipairs(redis.call('HMGET', jobs, unpack(ids))) do -- at most 500
    if record then
      return nil
    end
  end
  plan.added = #ids
  return string.rep('n', #ids), plan
end
