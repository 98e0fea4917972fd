// This source file is part of the Stint project
// Licensed under the Apache License, Version 2.0: see LICENSE
// SPDX-License-Identifier: Apache-2.0

import Foundation
import StintCommands
import Testing

@Suite struct RowReferencesTests {
    @Test("The rows of the last list and the last job have short names")
    func references() async throws {
        try await withFolder { folder async throws in
            let environment = ["XDG_STATE_HOME": folder]
            let run = await CommandRun.stint(["queue", "ls"], environment: environment, root: SampleRoot.self)
            #expect(run.status == .ok)
            var invocation = Invocation.process
            invocation.environment = environment
            invocation.terminalName = "test"
            let references = RowReferences(invocation)
            #expect(try references.resolve("%1") == "default")
            references.remember(last: "01J9ZK3V7Q8RXF2M4T9C0DWAYB")
            #expect(try references.resolve("@last") == "01J9ZK3V7Q8RXF2M4T9C0DWAYB")
            #expect(try references.resolve("01J9ZK3V7Q8R") == "01J9ZK3V7Q8RXF2M4T9C0DWAYB")
            #expect(try references.resolve("%1") == "default")
            #expect(try references.resolve("something") == "something")
            references.remember(rows: ["a", "b", "c"])
            #expect(try references.resolve("%3") == "c")
            #expect(try references.resolve("@last") == "01J9ZK3V7Q8RXF2M4T9C0DWAYB")
            #expect(throws: CommandFailure.self) { try references.resolve("%4") }
            references.remember(rows: ["a"])
            let failure = #expect(throws: CommandFailure.self) { try references.resolve("%2") }
            #expect(failure?.summary == "there is no row %2: the last list had 1 row")
            #expect(throws: CommandFailure.self) { try references.resolve("%x") }
        }
    }

    @Test("Without a place to remember nothing fails and nothing stands for anything")
    func nothing() {
        var invocation = Invocation.process
        invocation.environment = ["XDG_STATE_HOME": "/proc/nowhere"]
        let references = RowReferences(invocation)
        references.remember(last: "x")
        #expect(throws: CommandFailure.self) { try references.resolve("@last") }
        #expect(throws: CommandFailure.self) { try references.resolve("%1") }
    }

    @Test("A home folder that does not exist is not made")
    func noHome() async throws {
        try await withFolder { folder async throws in
            var invocation = Invocation.process
            for environment in [["HOME": folder + "/none"], [:]] {
                invocation.environment = environment
                RowReferences(invocation).remember(last: "x")
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
            #expect(!FileManager.default.fileExists(atPath: "/nonexistent"))
        }
    }
}
