// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Stint
import StintRedis
import Testing

@Suite struct ScriptLocationTests {
    @Test("The first and the last line of a script lie in the script's own file", arguments: Scripts.all.map(\.name))
    func ownFile(name: String) throws {
        let script = try #require(Scripts.all.first { $0.name == name })
        let lines = script.source.split(separator: "\n", omittingEmptySubsequences: false)
        let first = try #require(Scripts.locate(script: script.name, line: 1))
        let last = try #require(Scripts.locate(script: script.name, line: lines.count))
        #expect(first.file == "\(script.name).lua")
        #expect(last.file == "\(script.name).lua")
        #expect(first.line < last.line)
    }

    @Test("An error names the line of the source", arguments: Scripts.all.map(\.name))
    func translated(name: String) throws {
        let place = try #require(Scripts.locate(script: name, line: 3))
        #expect(
            Scripts.translate("ERR user_script:3: no, on @user_script:3.", script: name)
                == "ERR \(place.file):\(place.line): no, on @\(place.file):\(place.line).")
    }

    @Test("What is unknown has no place and stays as it is")
    func unknown() {
        #expect(Scripts.locate(script: "none", line: 1) == nil)
        #expect(Scripts.translate("ERR user_script:3: no", script: "none") == "ERR user_script:3: no")
        #expect(Scripts.translate("ERR user_script: no", script: "none") == "ERR user_script: no")
    }
}
