-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- The decisions of an enqueue: which entries are new, which are answered by a job that is there. Needs
-- include/clock, include/record and include/damage. A damaged record keeps its id and its key. The limits are those of include/limit.

-- Says whether there are too many tags, or one is too long.
local function intake_has_excess_tags(record)
  local tags, count, at = record_field(record, 't') or '', 0, 1
  while at <= #tags do
    local name = string.byte(tags, at)
    local value = struct.unpack('>I2', tags, at + 1 + name)
    count, at = count + 1, at + 3 + name + value
    if count > 16 or name == 0 or name > 128 or value > 128 then
      return true
    end
  end
  return false
end

-- Returns which limit the call passes, or nil. A single job may be longer than a call of many. This is done for each
-- job, so it calls as little as it can.
local function intake_excess(entries)
  if not entries then
    return 'a record is whole'
  elseif #entries > 500 then
    return 'a call has at most 500 jobs'
  end
  local bytes = 0
  for _, entry in ipairs(entries) do
    local record, id, big, key = entry.record, entry.id, entry.big, entry.key
    if #id == 0 or #id > 64 or string.find(id, '[^%w._-]') then
      return 'a job id has 1 to 64 characters of A-Z, a-z, 0-9, ".", "_" and "-"'
    end
    local format, _, _, flags, more = string.byte(record, 1, 5)
    local high, low, name = string.byte(record, 37, 39)
    local stop, start = 38 + high * 256 + low, 39 + name + (more % 32 >= 16 and 21 or 0)
    local rest = #record - stop
    local is_big = flags % 64 >= 32
    if format ~= 1 or rest < 0 or start > stop or is_big and (rest ~= 4 or not big) then
      return 'a record is whole'
    end
    if name == 0 or name > 128 then
      return 'a name has 1 to 128 bytes'
    end
    if rest > 512 or big and (#big > 16777216 or #big ~= struct.unpack('>I4', record, stop + 1)) then
      return 'a payload has at most 512 bytes in the record and 16 MiB beside it'
    end
    if key and (#key == 0 or #key > 256) then
      return 'a unique key has 1 to 256 bytes'
    end
    if start < stop and intake_has_excess_tags(record) then
      return 'a job has at most 16 tags, names and values of at most 128 bytes'
    end
    bytes = bytes + #record + (big and #big or 0)
  end
  return bytes > 1048576 and #entries > 1 and 'a call of several jobs has at most 1 MiB' or nil
end

-- Reads the entries from the arguments; nil if they are not whole.
local function intake_parse(arguments, from)
  local entries, at, last = {}, from, #arguments
  while at <= last do
    local head, count = arguments[at], tonumber(arguments[at + 1])
    if #head ~= 39 or not count then
      return nil
    end
    local flags = string.byte(head, 4)
    at = at + 2
    for _ = 1, count do
      if at >= last then
        return nil
      end
      local entry = { id = arguments[at], record = head .. arguments[at + 1] }
      at = at + 2
      if bit.band(flags, 64) ~= 0 then
        entry.key, entry.policy = arguments[at], arguments[at + 1]
        at = at + 2
      end
      if bit.band(flags, 32) ~= 0 then
        entry.big = arguments[at]
        at = at + 1
      end
      entries[#entries + 1] = entry
    end
  end
  return entries
end

-- Looks up the records with the entries' ids, and the owners of their keys with their records.
local function intake_look(key, entries)
  local ids, names, keyed = {}, {}, {}
  for index, entry in ipairs(entries) do
    ids[index] = entry.id
    if entry.key then
      names[#names + 1] = entry.key
      keyed[#keyed + 1] = entry
    end
  end
  if #ids == 0 then
    return
  end
  for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(ids))) do -- at most 500
    entries[index].present = record
  end
  if #names == 0 then
    return
  end
  local owners = redis.call('HMGET', key.unique, unpack(names)) -- at most 500
  local held_by, holding = {}, {}
  for index, owner in ipairs(owners) do
    if owner then
      keyed[index].owner = owner
      held_by[#held_by + 1] = owner
      holding[#holding + 1] = keyed[index]
    end
  end
  if #held_by > 0 then
    for index, record in ipairs(redis.call('HMGET', key.jobs, unpack(held_by))) do -- at most 500
      holding[index].owned = record
    end
  end
end

-- Says whether an ended job's record still stands for its id: it is dead, or is kept until later than now.
local function intake_stands(record, now_ms)
  local state, _, flags = record_head(record)
  if state ~= 'c' and state ~= 'k' then
    return true
  end
  local _, _, keep_ms, window_ms = record_options(record)
  if bit.band(flags, 1) ~= 0 then
    keep_ms = math.max(keep_ms, 60000)
  end
  return struct.unpack('>I6', record, 18) + math.max(keep_ms, window_ms) > now_ms
end

-- Says whether a job waits and has expired, so that it is to be ended now.
local function intake_overdue(record, now_ms)
  local state = string.sub(record, 2, 2)
  return (state == 'd' or state == 'r') and record_expired(record, now_ms)
end

-- Says whether the record of a job that is ended now stays for a time, so that its id is not free.
local function intake_lingers(record)
  local _, _, keep_ms, window_ms = record_options(record)
  return keep_ms > 0 or window_ms > 0 or bit.band(string.byte(record, 4), 1) ~= 0
end

-- Returns the record as it is stored: times absolute, ready or delayed, and its due time if it is delayed.
local function intake_settle(record, now_ms, now_us)
  local more, due_ms = string.byte(record, 5), struct.unpack('>I6', record, 18)
  if bit.band(more, 1) == 0 then
    due_ms = clock_due(now_ms, now_us, due_ms)
  end
  local is_due = due_ms <= now_ms
  local at = 40 + string.byte(record, 39)
  if bit.band(more, 32) ~= 0 and bit.band(more, 2) == 0 then
    local expires_ms = now_ms + struct.unpack('>I6', record, at)
    record = string.sub(record, 1, at - 1) .. struct.pack('>I6', expires_ms) .. string.sub(record, at + 6)
  end
  record = string.sub(record, 1, 1) .. (is_due and 'r' or 'd') .. string.sub(record, 3, 4)
    .. string.char(bit.band(more, 252)) .. string.sub(record, 6, 11)
    .. struct.pack('>I6I6', now_ms, is_due and now_ms or due_ms) .. string.sub(record, 24)
  return record, not is_due and due_ms
end

-- Returns a waiting job's record with the data and options of `fresh`: its state, list, priority and times stay (also
-- when it was retried, from which the time for all attempts counts), and it stays awaited.
local function intake_replace(old, fresh, now_ms, now_us)
  local settled = intake_settle(fresh, now_ms, now_us)
  local flags = bit.bor(string.byte(settled, 4), bit.band(string.byte(old, 4), 1))
  local record = string.sub(settled, 1, 1) .. string.sub(old, 2, 3) .. string.char(flags) .. string.sub(settled, 5, 11)
    .. string.sub(old, 12, 23) .. string.sub(settled, 24)
  local revived = record_field(old, 'e')
  return revived and record_add(record, 'e', revived) or record
end

-- Takes back the payload that an earlier entry of this call planned for the job.
local function intake_unplan_big(plan, id)
  for at = #plan.big - 1, 1, -2 do
    if plan.big[at] == id then
      table.remove(plan.big, at + 1)
      table.remove(plan.big, at)
    end
  end
end

-- Returns an empty plan of writes.
local function intake_plan()
  return { freed = {}, expired = {}, replaced = {}, ready = { {}, {}, {}, {} }, delayed = {}, jobs = {}, big = {},
    unique = {}, added = 0, is_ready = false }
end

-- Decides each entry. Returns the codes, the ids that hold what was asked for, and the plan of writes.
local function intake_decide(entries, now_ms, now_us, room)
  local plan = intake_plan()
  local codes, holders, taken, owner_of, place_of = {}, {}, {}, {}, {}
  for index, entry in ipairs(entries) do
    local code, holder, target = 'n', nil, nil
    local present = entry.present
    local is_free = not present
    if present and not taken[entry.id] and not record_damage(present) then
      if plan.expired[entry.id] or intake_overdue(present, now_ms) then
        plan.expired[entry.id] = present
        is_free = not intake_lingers(present)
      elseif not intake_stands(present, now_ms) then
        plan.freed[entry.id] = present
        is_free = true
      end
    end
    if taken[entry.id] or not is_free then
      code, holder = 'e', entry.id
    elseif entry.key then
      local owner, owned, is_over = owner_of[entry.key] or entry.owner, entry.owned, false
      if owner_of[entry.key] or plan.replaced[owner] then
        owned = plan.jobs[place_of[owner] + 1]
      elseif owned and record_damage(owned) then
        is_over = true
      elseif owned and (plan.freed[owner] or not record_holds(owned, now_ms)) then
        owned = nil
      elseif owned and (plan.expired[owner] or intake_overdue(owned, now_ms)) then
        plan.expired[owner], is_over = owned, true
        local _, _, _, window_ms = record_options(owned)
        owned = window_ms > 0 and owned
      end
      if owned then
        holder = owner
        local state = string.sub(owned, 2, 2)
        if entry.policy == 'e' then
          code = 'e'
        elseif entry.policy == 'p' and not is_over and (state == 'r' or state == 'd') then
          code, target = 'p', owned
        else
          code = 'r'
        end
      end
    end
    -- A sealed payload opens for one job only, which its producer had to guess.
    local carrier = code == 'n' and entry.id or holder
    local sealed_for = entry.policy == 'p' and (code == 'n' or code == 'p') and record_field(entry.record, 'i')
    if sealed_for and sealed_for ~= carrier then
      code, holder = 's', carrier
    end
    if code == 'n' and plan.added >= room then
      code = 'f'
    elseif code == 'n' then
      local record, due_ms = intake_settle(entry.record, now_ms, now_us)
      local list = math.floor((string.byte(record, 3) - 48) / 4)
      plan.added = plan.added + 1
      taken[entry.id] = true
      place_of[entry.id] = #plan.jobs + 1
      plan.jobs[#plan.jobs + 1] = entry.id
      plan.jobs[#plan.jobs + 1] = record
      if due_ms then
        plan.delayed[#plan.delayed + 1] = string.format('%d', due_ms)
        plan.delayed[#plan.delayed + 1] = entry.id
        plan.soonest = math.min(plan.soonest or due_ms, due_ms)
      else
        plan.ready[list + 1][#plan.ready[list + 1] + 1] = entry.id
        plan.is_ready = true
      end
      if entry.key then
        owner_of[entry.key] = entry.id
        plan.unique[#plan.unique + 1] = entry.key
        plan.unique[#plan.unique + 1] = entry.id
      end
      holder = entry.id
    elseif code == 'p' then
      if not taken[holder] then
        plan.replaced[holder] = target
        taken[holder] = true
        place_of[holder] = #plan.jobs + 1
        plan.jobs[#plan.jobs + 1] = holder
      end
      intake_unplan_big(plan, holder)
      plan.jobs[place_of[holder] + 1] = intake_replace(target, entry.record, now_ms, now_us)
    end
    if entry.big and (code == 'n' or code == 'p') then
      plan.big[#plan.big + 1] = holder
      plan.big[#plan.big + 1] = entry.big
    end
    codes[index] = code
    if code == 'e' or code == 'r' or code == 'p' or code == 's' then
      holders[#holders + 1] = holder
    end
  end
  return table.concat(codes), holders, plan
end
