-- This source file is part of the Stint project
-- Licensed under the Apache License, Version 2.0: see LICENSE
-- SPDX-License-Identifier: Apache-2.0

-- For the flattened scripts that `swift run LuaBundler --flatten DIR` writes: Redis runs Lua 5.1 with these globals,
-- and refuses to write any other.
std = {
  read_globals = {
    "redis", "KEYS", "ARGV", "struct", "bit", "unpack", "string", "table", "math", "assert", "error", "ipairs", "next",
    "pairs", "pcall", "rawequal", "rawget", "rawset", "select", "setmetatable", "tonumber", "tostring", "type",
  },
}
max_line_length = 120
-- Helpers name their parameters as the scripts name their keys, so a shadowed name is no mistake.
-- 241: a table reached through a second table counts as "never accessed".
ignore = { "43.", "241" }
