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

    @Test("The beginning of several ids is refused, and whole lists show as much as tells them apart")
    func beginnings() async throws {
        try await withFolder { folder async throws in
            var invocation = Invocation.process
            invocation.environment = ["XDG_STATE_HOME": folder]
            let references = RowReferences(invocation)
            let ids = ["01J9ZK3V7Q8RXF2M4T9C0DWAYB", "01J9ZK3V7Q8RXF3M4T9C0DWAYB", "01J9ZK3V7Q8RXF3N4T9C0DWAYB"]
            references.remember(rows: ids)
            let failure = #expect(throws: CommandFailure.self) { try references.resolve("01J9ZK3V7Q8R") }
            #expect(failure?.summary == "'01J9ZK3V7Q8R' is the beginning of 3 ids of the last list")
            let length = Field.idLength(of: ids.map { .id($0) } + [.text("x"), .missing, .id(ids[0])])
            #expect(length == 16)
            for id in ids { #expect(try references.resolve(String(id.prefix(length))) == id) }
            #expect(Field.idLength(of: [.id(ids[0])]) == 12)
            // An id of one's own that others begin with stays itself.
            references.remember(rows: ["order-20261", "order-20262"])
            #expect(try references.resolve("order-2026") == "order-2026")
        }
    }

    @Test("Jobs that were queued together are told apart in a table, and found by what it shows")
    func together() async throws {
        try await LiveStint.with { live async throws in
            _ = await live.run("enqueue", "mail.send", "--count", "50")
            let list = await live.run("job", "ls", "--limit", "50", forced: 120)
            let shown = list.lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
            #expect(shown.count == 50)
            #expect(Set(shown).count == 50, "\(list.output)")
            for word in shown.prefix(3) {
                let run = await live.run("job", "show", word, "--json")
                #expect(run.status == .ok, "\(run.errors)")
                #expect(run.output.contains(word))
            }
        }
    }

    @Test("On a narrow terminal a column in which nothing stands gives its place to a name")
    func narrow() async throws {
        try await LiveStint.with { live async throws in
            _ = await live.run("enqueue", "mail.send.digest")
            let narrow = await live.run("job", "ls", forced: 60)
            #expect(!narrow.output.contains("NOTE"), "\(narrow.output)")
            #expect(await live.run("job", "ls", forced: 120).output.contains("NOTE"))
            let asked = await live.run("job", "ls", "--fields", "reason,id,name", forced: 20)
            #expect(asked.output.contains("NOTE"), "\(asked.output)\(asked.errors)")
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
