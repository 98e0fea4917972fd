// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

@Suite struct BundleErrorTests {
    static let use = "redis.call('HLEN', jobs)"

    @Test(
        "A header that lacks a part is refused",
        arguments: [
            ("roles", ["sample.lua:4: the header has no `roles:`"]),
            ("keys", ["sample.lua:4: the header has no `keys:`", "sample.lua:9: `jobs` is not declared"]),
            ("args", ["sample.lua:4: the header has no `args:`"]),
            ("return", ["sample.lua:4: the header has no `return:`"]),
        ])
    func missingPart(part: String, expected: [String]) {
        let source = Sample.script(Self.use).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("--! \(part):") ? "--" : $0 }.joined(separator: "\n")
        #expect(Sample.errors(source) == expected)
    }

    @Test("A header without summary, or without the three lines, is refused")
    func noSummary() {
        #expect(
            Sample.errors(Sample.script(Self.use).replacing("something.", with: "something")) == [
                "sample.lua:4: the header needs a `---` line: one sentence, with a stop, of what the script does"
            ])
        #expect(
            Sample.errors(Sample.script(Self.use).replacing("-- SPDX", with: "-- ")) == [
                "sample.lua:1: the three header lines are missing"
            ])
    }

    @Test(
        "The roles that call a script are known ones, at least one and each once",
        arguments: [
            ("", "4: `roles:` names nobody who calls it"),
            ("admin", "5: `admin` is no role: they are producer, worker, dashboard, operator"),
            ("worker worker", "5: the role `worker` is named twice"),
        ])
    func roles(roles: String, expected: String) {
        let source = Sample.script(Self.use).replacing("roles:  worker", with: "roles:  \(roles)")
        #expect(Sample.errors(source) == ["sample.lua:\(expected)"])
    }

    @Test(
        "Keys and arguments must be well formed, used and different",
        arguments: [
            ("jobs Big", "", ["6: `Big` is no name for a key"]),
            ("jobs ready:x", "", ["6: `ready:x`: a run of keys is written `name:N`, N from 2 to 16"]),
            ("jobs redis", "", ["6: `redis` is no name for a key"]),
            ("jobs dead", "", ["6: `dead` is declared and never used"]),
            ("jobs", "limit:int", ["7: `limit` is declared and never used"]),
            ("jobs", "ids:list", ["7: `ids_from` is declared and never used"]),
            (
                "jobs", "limit:float",
                ["7: `limit:float`: an argument is `name`, `name:int` or, last of all, `name:list`"]
            ),
            ("jobs", "jobs", ["7: `jobs` is declared twice"]),
        ])
    func names(keys: String, args: String, expected: [String]) {
        let errors = Sample.errors(Sample.script(keys: keys, args: args, Self.use))
        #expect(errors.map { String($0.dropFirst("sample.lua:".count)) }.prefix(1) == expected[...])
    }

    @Test(
        "A body that breaks a rule is refused with its line",
        arguments: [
            ("redis.call('DEL', KEYS[1])", "use the names that `keys:` declares, not KEYS"),
            (
                "redis.call('DEL', ARGV[1])",
                "use the names that `args:` declares, not ARGV: there is no list among them"
            ),
            ("redis.call('DEL', other)", "`other` is not declared"),
            ("count = 1", "`count` is not declared"),
            ("local jobs = 1", "`jobs` is declared twice in what sample.lua becomes"),
            (
                "redis.call('DEL', unpack({jobs}))",
                "`unpack` takes a few thousand values: say the bound on its line, `-- at most N`"
            ),
            ("cjson.encode({})", "scripts read bytes at fixed offsets: `cjson` costs more than all the rest"),
            ("cmsgpack.pack({})", "scripts read bytes at fixed offsets: `cmsgpack` costs more than all the rest"),
            ("loadstring('x')()", "`loadstring` runs text as code: write the code"),
            (
                "redis.call('KEYS', '*')",
                "a script must not call KEYS: it is unbounded, or touches keys that were not declared"
            ),
            ("redis.call('TIME')", "only include/clock reads the time"),
            ("redis.call(jobs)", "write the command's name as a literal, so that access rules can be made from it"),
        ])
    func body(line: String, message: String) {
        #expect(Sample.errors(Sample.script("\(Self.use)\n\(line)")) == ["sample.lua:10: \(message)"])
    }

    @Test("What looks like a mistake inside a string, a comment, a field or a bounded unpack is none")
    func allowed() {
        #expect(
            Sample.errors(
                Sample.script(
                    """
                    local call = redis.call
                    local _, _ = 1, 2
                    local t = { other = 1, KEYS = 'KEYS[1] cjson' } -- loadstring
                    t.cjson = t.other
                    call('DEL', jobs, unpack({ t.KEYS })) -- at most 1
                    """)) == [])
    }

    @Test("The rest of ARGV is reached through the list's index only")
    func rest() {
        #expect(
            Sample.errors(Sample.script(args: "ids:list", "redis.call('HDEL', jobs, ARGV[ids_from], ARGV[2])")) == [
                "sample.lua:9: use the names that `args:` declares: the list begins at ARGV[ids_from]"
            ])
    }

    @Test("The clock is read once, wherever the second reading hides")
    func clock() {
        let twice = """
            --- @include "include/clock"
            local a = clock_now()
            \(Self.use)
            local b = clock_now() + a
            return b
            """
        #expect(
            Sample.errors(Sample.script(twice), includes: ["clock": Sample.clock]) == [
                "sample.lua:12: the time is read twice: it moves on inside a script, so read it once, at the top"
            ])
    }

    @Test("Includes that are unknown, go round or are badly written are refused")
    func includes() {
        #expect(
            Sample.errors(Sample.script("--- @include \"include/none\"\n\(Self.use)")) == [
                "sample.lua:9: there is no lua/include/none.lua"
            ])
        let one = Sample.licence + "--- @include \"include/two\"\n"
        let two = Sample.licence + "--- @include \"include/one\"\n"
        let round = Sample.script("--- @include \"include/one\"\n\(Self.use)")
        #expect(
            Sample.errors(round, includes: ["one": one, "two": two]) == [
                "include/two.lua:4: includes go round: include/one.lua → include/two.lua → include/one.lua"
            ])
        #expect(
            Sample.errors(Sample.script("--- @include <clock>\n\(Self.use)")) == [
                "sample.lua:9: write it as `--- @include \"include/noun\"`"
            ])
    }

    @Test("An include knows nothing of the script that includes it")
    func pure() {
        let include = Sample.licence + "local function f(x)\n  return redis.call('HGET', jobs, x .. KEYS[1])\nend\n"
        let source = Sample.script("--- @include \"include/f\"\n\(Self.use)\nreturn f(1)")
        #expect(
            Sample.errors(source, includes: ["f": include]) == [
                "include/f.lua:5: `jobs` is not declared: pass it as a parameter",
                "include/f.lua:5: an include takes keys and arguments as parameters",
            ])
        let statement = Sample.licence + "redis.call('HLEN', 'x')\n"
        #expect(
            Sample.errors(Sample.script(Self.use), includes: ["g": statement]) == [
                "include/g.lua:4: an include holds `local function`s and constants only"
            ])
    }

    @Test("An include that needs another says which")
    func order() {
        let needs = Sample.licence + "local function late(x)\n  return clock_now() + x\nend\n"
        #expect(
            Sample.errors(
                Sample.script("--- @include \"include/late\"\nreturn redis.call('HGET', jobs, late(1))"),
                includes: ["late": needs, "clock": Sample.clock]) == [
                    "include/late.lua:5: `clock_now` is not declared: include include/clock before"
                ])
    }

    @Test("More locals than Lua takes are refused")
    func locals() {
        let body = (0..<200).map { "local v\($0) = \($0)" }.joined(separator: "\n")
        #expect(
            Sample.errors(Sample.script("\(body)\n\(Self.use)")) == [
                "sample.lua:4: the script has more than 200 locals, which Lua refuses"
            ])
    }
}
