-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Cancels jobs: waiting ones end at once, running ones are told to stop.
--!
--! roles:  producer operator
--! flags:  allow-oom
--! keys:   jobs big delayed errors progress cancelling unique kept dead meta lane
--! args:   number:int who states seen_ms:int ids:list
--! return: 1, a code per id | -1 lane lost | -2 schema
--
-- Codes: k cancelled, f flagged (it runs; its worker sees the flag within about a second, and whatever ends the attempt
-- other than success ends the job as cancelled), e it has ended already, s another state, or another job, by now, b its
-- record is damaged and stays as it is, m no such job. A cancelled ready job leaves its id in the list as a tombstone,
-- which is counted, and dropped when a claim meets it. `states` are the letters of those that may be cancelled, '' for
-- all; a job that was enqueued after `seen_ms` is another one of the same id, unless it is 0.
--- @include "include/clock"
--- @include "include/lane"
--- @include "include/record"
--- @include "include/damage"
--- @include "include/ending"
--- @include "include/queue"
--- @include "include/limit"
local verdict, note = lane_check(lane, number)
if verdict == 'again' then
  return { 1, note }
elseif verdict == 'lost' then
  return { -1 }
end
local state = redis.call('HMGET', meta, 'schema', 'cancelled', 'tomb:0', 'tomb:1', 'tomb:2', 'tomb:3')
if queue_too_new(state[1]) then
  return { -2, state[1] }
end
if #ARGV - ids_from + 1 > 500 then
  return limit_refusal('a call names at most 500 jobs')
end
if #who > 128 then
  return limit_refusal('the name of who does it has at most 128 bytes')
end
local now_ms = clock_now()
local key = { jobs = jobs, big = big, errors = errors, progress = progress, cancelling = cancelling, unique = unique,
  kept = kept, dead = dead }
local codes, cancelled, tombs = {}, 0, {}
for list = 0, 3 do
  tombs[list + 1] = tonumber(state[3 + list]) or 0
end
for at = ids_from, #ARGV do
  local id = ARGV[at]
  local record = redis.call('HGET', jobs, id)
  local code = record and 'b' or 'm'
  if record and not record_damage(record) then
    local old, list, flags, attempt, crashes, returns = record_head(record)
    code = 'e'
    if (old == 'n' or old == 'r' or old == 'd') and not record_meant(record, states, seen_ms) then
      code = 's'
    elseif old == 'n' then
      code = 'f'
      record = record_move(record, 'n', bit.bor(flags, 2), attempt, crashes, returns, struct.unpack('>I6', record, 18))
      redis.call('HSET', jobs, id, record)
      redis.call('HSET', cancelling, id, string.format('%d', now_ms) .. ' ' .. who)
    elseif old == 'r' or old == 'd' then
      code = 'k'
      cancelled = cancelled + 1
      if old == 'd' then
        redis.call('ZREM', delayed, id)
      else
        tombs[list + 1] = tombs[list + 1] + 1
      end
      ending_close(key, id, record, 'k', now_ms, 'cancelled by ' .. who)
    end
  end
  codes[#codes + 1] = code
end
if cancelled > 0 then
  redis.call('HSET', meta, 'cancelled', (tonumber(state[2]) or 0) + cancelled, 'tomb:0', tombs[1], 'tomb:1', tombs[2],
    'tomb:2', tombs[3], 'tomb:3', tombs[4])
end
local reply = table.concat(codes)
lane_note(lane, number, reply)
return { 1, reply }
