-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

--- Flags a job as awaited, and answers its record if it has ended.
--!
--! roles:  producer operator
--! flags:  allow-oom
--! keys:   jobs big errors
--! args:   id
--! return: record or nil, result from `big` or nil, the last errors or nil
--
-- From then on the script that ends the job publishes its id and keeps the record for at least 60 s. Repeatable.
--- @include "include/record"
local record = redis.call('HGET', jobs, id)
if not record then
  return { false, false, false }
end
local state, _, flags, attempt, crashes, returns = record_head(record)
if (state == 'd' or state == 'r' or state == 'n') and bit.band(flags, 1) == 0 then
  record = record_move(record, state, flags + 1, attempt, crashes, returns, struct.unpack('>I6', record, 18))
  redis.call('HSET', jobs, id, record)
end
local result = false
if bit.band(string.byte(record, 5), 4) ~= 0 then
  result = redis.call('HGET', big, id .. ':r')
end
return { record, result, bit.band(flags, 4) ~= 0 and redis.call('HGET', errors, id) }
