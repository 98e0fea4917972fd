// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LuaBundler

@Suite struct BranchCounterTests {
    @Test("Every branch says its name, and the lines keep their numbers")
    func golden() throws {
        let script = try Sample.flatten(
            Sample.script(
                keys: "jobs", args: "limit:int",
                """
                if limit > 0 and limit < 9 then
                  limit = 9
                end
                for index = 1, limit or 3 do
                  if index == 2 then
                    break
                  else
                    redis.call('GET', jobs)
                  end
                end
                """), includes: [:])
        let counter = try BranchCounter(script)
        let lines = counter.source.split(separator: "\n").map(String.init)
        #expect(lines.count == script.lines.count)
        #expect(lines[0] == script.lines[0])
        #expect(lines[1].hasSuffix("return true end " + script.lines[1]))
        let first = try #require(script.origins.last).line - 9
        let file = script.name + ".lua"
        #expect(
            counter.branches == [
                "\(file):\(first) and", "\(file):\(first) then", "\(file):\(first + 2) no else",
                "\(file):\(first + 3) or", "\(file):\(first + 3) do", "\(file):\(first + 4) then",
                "\(file):\(first + 6) else",
            ])
        #expect(
            lines[3]
                == "if limit > 0 and branch('\(file):\(first) and') and limit < 9 then branch('\(file):\(first) then')")
        #expect(lines[5] == "else branch('\(file):\(first + 2) no else') end")
        #expect(lines[6].contains("limit or not branch('\(file):\(first + 3) or') or 3 do branch("))
    }
}
