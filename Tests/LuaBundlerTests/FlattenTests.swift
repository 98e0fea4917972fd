// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

@Suite struct FlattenTests {
    @Test("Keys and arguments become locals, and comments and blank lines go, but not inside strings")
    func golden() throws {
        let args = "node limit:int\n--!         members:list"
        let script = try Sample.flatten(
            Sample.script(
                keys: "jobs ready:4 lane", args: args, flags: "allow-oom",
                """
                -- An essay.
                --- @include "include/clock"

                local text = [[
                -- stays

                ]]
                -- goes
                redis.call('HSET', jobs, node, limit .. text .. clock_now()) -- stays as well
                for index = members_from, #ARGV do
                  redis.call('LPUSH', ready[1], lane, ARGV[index])
                end
                """), includes: ["clock": Sample.clock])
        #expect(
            script.source == """
                #!lua flags=allow-oom
                local jobs = KEYS[1]
                local ready = {KEYS[2], KEYS[3], KEYS[4], KEYS[5]}
                local lane = KEYS[6]
                local node = ARGV[1]
                local limit = tonumber(ARGV[2])
                local members_from = 3
                local function clock_now()
                  local time = redis.call('TIME')
                  return time[1] * 1000
                end
                local text = [[
                -- stays

                ]]
                redis.call('HSET', jobs, node, limit .. text .. clock_now()) -- stays as well
                for index = members_from, #ARGV do
                  redis.call('LPUSH', ready[1], lane, ARGV[index])
                end
                """)
        #expect(script.commands == ["HSET", "LPUSH", "TIME"])
    }

    @Test("Each line knows where it comes from")
    func origins() throws {
        let script = try Sample.flatten(
            Sample.script(
                """
                --- @include "include/clock"

                local now_ms = clock_now()
                -- why
                return redis.call('HGET', jobs, now_ms)
                """), includes: ["clock": Sample.clock])
        #expect(
            script.origins.map { "\($0.file):\($0.line)" } == [
                "sample.lua:4", "sample.lua:6", "include/clock.lua:5", "include/clock.lua:6", "include/clock.lua:7",
                "include/clock.lua:8", "sample.lua:11", "sample.lua:13",
            ])
    }

    @Test("An include comes once, after what it includes itself")
    func depthFirst() throws {
        let base = Sample.licence + "local function base_one(x)\n  return x + 1\nend\n"
        let left =
            Sample.licence + "--- @include \"include/base\"\n"
            + base.dropFirst(Sample.licence.count)
            .replacing("base_one", with: "left_two").replacing("x + 1", with: "base_one(x)")
        let script = try Sample.flatten(
            Sample.script(
                """
                --- @include "include/left"
                --- @include "include/base"
                return redis.call('HGET', jobs, left_two(base_one(1)))
                """), includes: ["base": base, "left": left])
        #expect(
            script.lines.filter { $0.hasPrefix("local function") } == [
                "local function base_one(x)", "local function left_two(x)",
            ])
    }

    @Test("Declarations that a script does not reach are left out")
    func reach() throws {
        let include =
            Sample.licence + """
                local limit = 5
                local unused = 6
                local function used(x)
                  return x + limit
                end
                local function idle(x)
                  return used(x) + unused
                end

                """
        let script = try Sample.flatten(
            Sample.script("--- @include \"include/some\"\nreturn redis.call('HGET', jobs, used(1))"),
            includes: ["some": include])
        #expect(
            Array(script.lines.dropFirst(2).dropLast()) == [
                "local limit = 5", "local function used(x)", "  return x + limit", "end",
            ])
    }

    @Test("Without flags line 1 is the bare engine")
    func noFlags() throws {
        #expect(try Sample.flatten(Sample.script("return redis.call('HLEN', jobs)")).lines.first == "#!lua")
    }
}
